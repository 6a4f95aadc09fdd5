import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const CLAIM = /\]\(\.\.\/(tests\/[\w/.-]+)\) “([^”]+)”/g;

test('every test that docs/security.md names is there', () => {
  const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8').replaceAll(/\s+/g, ' ');
  const claims = [...text.matchAll(CLAIM)].map(([, file = '', title = '']) => ({ file, title }));
  expect(claims.length).toBeGreaterThan(15);
  const missing = claims.filter(({ file, title }) => {
    const path = join(ROOT, file);
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(title);
  });
  expect(missing).toEqual([]);
});

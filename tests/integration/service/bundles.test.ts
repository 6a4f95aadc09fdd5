import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { packagedService } from '../../../rehearsal/deploy/package-cache.ts';

/** A dependency that slips in shows here; our own code is a quarter of control's. */
const LIMITS_KB = { backend: 10, control: 750, failSafe: 650, keyDirectory: 500, planWriter: 400, telemetry: 400 };

it.each(Object.entries(LIMITS_KB))('the bundle of %s is at most %i kB', async (name, limitKb) => {
  const packaged = await packagedService(['--stage', 'dev'], { endpoint: 'http://127.0.0.1:1' });
  const files = unzipSync(await readFile(join(packaged, `${name}.zip`)));
  const handler = Object.entries(files).find(([path]) => path.endsWith('/handler.js'))?.[1];
  expect(handler?.length).toBeGreaterThan(500);
  expect(handler?.length).toBeLessThanOrEqual(limitKb * 1000);
});

it('no bundle carries the credential providers that Lambda never needs', async () => {
  const packaged = await packagedService(['--stage', 'dev'], { endpoint: 'http://127.0.0.1:1' });
  const files = unzipSync(await readFile(join(packaged, 'control.zip')));
  const text = Object.values(files)
    .map((bytes) => new TextDecoder().decode(bytes))
    .join('');
  expect(text).not.toContain('sso_start_url');
});

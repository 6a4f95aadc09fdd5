import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { descriptionsIn } from '../../../bench/ablation/descriptions.ts';
import { NUMBERS } from '../../../shared/law/next/constants.ts';

const ROOM = join(__dirname, '../../../shared/law/next');
const FILES = readdirSync(ROOM, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const textOf = (name: string): string => readFileSync(join(ROOM, name), 'utf8');

/** The files of the law that read a number. */
const readersOf = (number: string): string[] =>
  FILES.filter((name) => new RegExp(`NUMBERS\\.${number}\\b`).test(textOf(name))).map((name) => basename(name));

describe.each(Object.keys(NUMBERS))('the number %s', (number) => {
  const description = descriptionsIn(textOf('constants.ts')).get(number) ?? '';

  test('is read by the law, and by the file that its description names', () => {
    const [, named] = /\((\w[\w-]*\.ts)\)$/.exec(description) ?? [];
    expect(readersOf(number)).toContain(named ?? readersOf(number)[0] ?? 'any file of the law');
  });

  test('has a description', () => {
    expect(description).not.toBe('');
  });
});

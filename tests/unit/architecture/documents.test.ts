import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const COLUMNS = 140;
/** A row of a table has to be one line, however wide, and a generated page repeats what its sources say. */
const isTableRow = (line: string) => line.startsWith('|');
const GENERATED = ['docs/policy.md', 'docs/fault-matrix.md'];

const read = (path: string) => readFileSync(path, 'utf8');
const decisions = readdirSync('docs/adr').sort();
const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'embedded-aws/README.md'],
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

test('decisions are numbered from one without a hole, in the name and in the title', () => {
  const numbers = decisions.map((_, at) => at + 1);
  expect(decisions.length).toBeGreaterThan(5);
  expect(decisions.map((name) => Number(name.slice(0, 4)))).toEqual(numbers);
  expect(decisions.map((name) => read(join('docs/adr', name)).match(/^# (\d+)\. /)?.[1])).toEqual(numbers.map(String));
});

test('every relative link of the documents leads to a file', () => {
  const links = documents.flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => ({ file, target })),
  );
  expect(links.length).toBeGreaterThan(50);
  expect(links.filter(({ file, target }) => !existsSync(join(dirname(file), target)))).toEqual([]);
});

test(`no line of a document is longer than ${COLUMNS} columns, rows of tables and generated pages excepted`, () => {
  const long = documents
    .filter((file) => !GENERATED.includes(file))
    .flatMap((file) =>
      read(file)
        .split('\n')
        .map((line, at) => ({ line, place: `${file}:${at + 1}` })),
    )
    .filter(({ line }) => [...line].length > COLUMNS && !isTableRow(line));
  expect(long.map(({ place }) => place)).toEqual([]);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { typed } from '../support/e2e/command-line.ts';
import { dayMonthYear, lastRowIn2106 } from '../support/world/recordings.ts';

const PROGRAM = join(__dirname, '../../rehearsal/rehearse.ts');
/** Nothing listens there: what is refused is refused before anything starts. */
const NOWHERE = 'http://127.0.0.1:1';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rehearse-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Types `npm run rehearse -- --trace …` into a shell, without npm. */
async function rehearse(csv: string, ...words: readonly string[]) {
  const file = join(folder, 'traffic.csv');
  await writeFile(file, csv);
  const ended = await typed(NOWHERE, process.execPath, PROGRAM, '--trace', file, ...words);
  return { ...ended, err: ended.err.replaceAll(file, 'traffic.csv') };
}

test('a recording whose last row lies in 2106 is refused before anything starts', async () => {
  expect(await rehearse(lastRowIn2106())).toEqual({
    code: 2,
    out: '',
    err: '--trace traffic.csv: Line 21: 2106-02-07T06:28:15Z is 29195 days after 2026-03-03T08:18:00Z, the row before; rows may be seven days apart at most. Correct or delete the row that is wrong.\n',
  });
});

test('a recording that does not say which number is the month is refused before anything starts', async () => {
  expect(await rehearse(dayMonthYear())).toEqual({
    code: 2,
    out: '',
    err: '--trace traffic.csv: Line 2: "11/03/2026 23:50" does not say which number is the day and which the month. Write the year first: 2026-03-11 or 2026-11-03.\n',
  });
});

test('what was read of a recording is said on standard error', async () => {
  const csv = 'timestamp,value\n2026-03-03T08:00:00Z,100\n2026-03-03T08:01:00Z,110\n2026-03-03T08:02:00Z,\n';
  // The policy that is not there keeps the test from a whole rehearsal.
  const { code, out, err } = await rehearse(csv, '--policy', join(folder, 'absent.json'));
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(
    'traffic.csv: 2 rows from 2026-03-03T08:00:00Z to 2026-03-03T08:01:00Z, a step of 60 s, values from 100 to 110; no gaps.\ntraffic.csv: Rows without a value, left out of the replay: 1.\n',
  );
});

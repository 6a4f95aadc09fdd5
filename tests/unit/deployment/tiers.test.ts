import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readConfiguration } from '../../../config/configuration.js';
import { checkConfiguration } from '../../../rehearsal/deploy/check-configuration.ts';

interface TierChecks {
  tierProblems(tiers: unknown): { readonly text: string }[];
}

/** Plain JavaScript without types, for the framework loads it on any Node that it accepts. */
const FILE = join(__dirname, '../../../config/check-tiers.js');
const CONFIG = join(__dirname, '../../../config');
const GOOD = { rateRps: 100, burst: 200 };

async function problemsOf(tiers: unknown): Promise<string[]> {
  const { tierProblems }: TierChecks = await import(FILE);
  return tierProblems(tiers).map(({ text }) => text);
}

test('tiers have any names and any number, with quotas or without', async () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`tier${index}`, GOOD]));
  const tiers = [
    { gold: { ...GOOD, quota: { limit: 1000, period: 'DAY' } }, silver: { rateRps: 0.5, burst: 1 } },
    { only: GOOD },
    many,
  ];
  for (const each of tiers) expect(await problemsOf(each)).toEqual([]);
});

test.each([
  ['free-trial', '"free-trial" is not a tier\'s name: expected letters and digits that begin with a letter'],
  ['1st', '"1st" is not a tier\'s name: expected letters and digits that begin with a letter'],
  ['unknown', '"unknown" is not a tier\'s name: it stands for requests whose key no tier has'],
  ['all', '"all" is not a tier\'s name: it stands for the one tier of minute metrics'],
  ['stage', '"stage" is not a tier\'s name: it stands for the stage, where limits are pinned'],
  ['default', '"default" is not a tier\'s name: it stands for the plan that the framework makes by itself'],
  ['toString', '"toString" is not a tier\'s name: it stands for a part of every JavaScript object'],
  ['constructor', '"constructor" is not a tier\'s name: it stands for a part of every JavaScript object'],
])('a tier cannot be called %s', async (name, problem) => {
  expect(await problemsOf({ gold: GOOD, [name]: GOOD })).toEqual([`${problem}. Fix: choose another`]);
});

test('two names that CloudFormation would take for one are refused', async () => {
  expect(await problemsOf({ gold: GOOD, Gold: GOOD })).toEqual([
    '"Gold" and "gold" differ in their first letter\'s case alone. Fix: rename one of them',
  ]);
});

test('every wrong limit is named with its place, all at once', async () => {
  const tiers = {
    gold: { rateRps: 0, burst: 1.5, rate: 3 },
    silver: { ...GOOD, quota: { limit: 0, period: 'YEAR' } },
    bronze: null,
  };
  expect(await problemsOf(tiers)).toEqual([
    'gold.rateRps: expected a number above 0, in requests per second; found 0. Fix: write a number above 0, in requests per second',
    'gold.burst: expected a whole number of at least 1; found 1.5. Fix: write a whole number of at least 1',
    'gold.rate: there is no such field. Fix: remove or rename the field',
    'silver.quota.limit: expected a whole number of at least 1; found 0. Fix: write a whole number of at least 1',
    'silver.quota.period: expected DAY, WEEK or MONTH; found "YEAR". Fix: write DAY, WEEK or MONTH',
    'bronze: expected "rateRps" and "burst"; found nothing. Fix: write "rateRps" and "burst"',
  ]);
});

test.each([[{}], [null], [undefined], ['gold']])('a file without a tier is refused: %j', async (tiers) => {
  expect(await problemsOf(tiers)).toEqual([
    'expected at least one tier, with "rateRps" and "burst"; found none. Fix: add a tier',
  ]);
});

describe('before anything starts, a mistake in a file of config/ is named with file, line and fix', () => {
  let source: string;
  beforeEach(async () => {
    source = await mkdtemp(join(tmpdir(), 'tidegate-'));
    for (const name of ['tiers.yml', 'stage.yml', 'fail-safe.yml', 'policies/default.json']) {
      await cp(join(CONFIG, name), join(source, 'config', name));
    }
  });
  afterEach(() => rm(source, { recursive: true }));
  const changed = async (name: string, text: string) => {
    await writeFile(join(source, 'config', name), text);
    return await checkConfiguration(source).then(
      () => 'accepted',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  };

  test('as they are delivered, they are accepted', async () => {
    await expect(checkConfiguration()).resolves.toBeUndefined();
    const { tiers } = await readConfiguration(pathToFileURL(`${CONFIG}/`));
    expect(Object.keys(tiers)).toContain('premium');
  });

  test.each<[string, string, string, string]>([
    [
      'a wrong limit',
      'tiers.yml',
      '# Ours.\ngold:\n  rateRps: many\n  burst: 5\n',
      'config/tiers.yml:3: gold.rateRps: expected a number above 0, in requests per second; found "many". Fix: write a number above 0, in requests per second.',
    ],
    [
      'a missing limit',
      'tiers.yml',
      '# Ours.\ngold:\n  rateRps: 5\n',
      'config/tiers.yml:2: gold.burst: expected a whole number of at least 1; found nothing. Fix: write a whole number of at least 1.',
    ],
    [
      'bad indentation',
      'tiers.yml',
      'gold:\n  rateRps: 5\n   burst: 5\n',
      'config/tiers.yml:2: Nested mappings are not allowed in compact mappings. Fix: correct the indentation or the punctuation there.',
    ],
    [
      'a wrong limit of the stage',
      'stage.yml',
      'rateRps: 5\nburst: 0\n',
      'config/stage.yml:2: burst: expected a whole number of at least 1; found 0. Fix: write a whole number of at least 1.',
    ],
  ])('%s', async (_, name, text, message) => {
    expect(await changed(name, text)).toBe(`CommandError: ${message}`);
  });

  test('a policy that the deployed control would refuse', async () => {
    expect(await changed('policies/default.json', '{"mode": "enforce",\n "modes": 1')).toContain(
      'config/policies/default.json:2: ',
    );
    expect(await changed('policies/default.json', '{"mode": "enforced"}')).toContain(
      'config/policies/default.json: The policy was refused: 1 problem.\n1. mode: ',
    );
  });
});

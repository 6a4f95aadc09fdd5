import { join } from 'node:path';

interface TierChecks {
  checkedTiers(tiers: unknown): unknown;
}

/** Plain JavaScript without types, for the framework loads it on any Node that it accepts. */
const FILE = join(__dirname, '../../../config/check-tiers.js');
const GOOD = { rateRps: 100, burst: 200 };

async function problemsOf(tiers: unknown): Promise<string[]> {
  const { checkedTiers }: TierChecks = await import(FILE);
  try {
    expect(checkedTiers(tiers)).toBe(tiers);
    return [];
  } catch (error) {
    const [place, ...problems] = (error as Error).message.split('\n');
    expect(place).toBe('config/tiers.yml:');
    return problems;
  }
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
  expect(await problemsOf({ gold: GOOD, [name]: GOOD })).toEqual([`- ${problem}; choose another`]);
});

test('two names that CloudFormation would take for one are refused', async () => {
  expect(await problemsOf({ gold: GOOD, Gold: GOOD })).toEqual([
    '- "Gold" and "gold" differ in their first letter\'s case alone; rename one of them',
  ]);
});

test('every wrong limit is named with its place, all at once', async () => {
  const tiers = {
    gold: { rateRps: 0, burst: 1.5, rate: 3 },
    silver: { ...GOOD, quota: { limit: 0, period: 'YEAR' } },
    bronze: null,
  };
  expect(await problemsOf(tiers)).toEqual([
    expect.stringMatching(/^- gold\.rateRps: .*>0/),
    expect.stringMatching(/^- gold\.burst: .*int/),
    expect.stringMatching(/^- gold: Unrecognized key: "rate"/),
    expect.stringMatching(/^- silver\.quota\.limit: .*>=1/),
    expect.stringMatching(/^- silver\.quota\.period: .*"DAY"\|"WEEK"\|"MONTH"/),
    expect.stringMatching(/^- bronze: .*object/),
  ]);
});

test.each([[{}], [null], [undefined]])('a file without a tier is refused: %j', async (tiers) => {
  expect(await problemsOf(tiers)).toEqual(['- expected at least one tier, with rateRps and burst; found none']);
});

import { arePlansCut, type MinuteShortage, minuteTiers } from '../../../shared/law/sharing/minute-tiers.ts';
import { readSignals } from '../../../shared/law/telling/signals.ts';
import type { LawInput } from '../../../shared/law/types.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { minuteWindow } from '../../support/builders/window-sketch.ts';

const policy = policySchema.parse({
  api: 'a1/dev',
  guardrails: { leastRateRps: 2 },
  demand: { tierBurstSeconds: 3, leastTierBurstRequests: 10 },
  tiers: { premium: { weight: 4 }, standard: { weight: 2 }, basic: { weight: 1 } },
  minutes: { toleranceSeconds: 15, shortageShare: 0.25, evenFactor: 1.5, reachedShare: 0.75, largestRaiseFactor: 5 },
});

const RESTING = {
  premium: { rateRps: 500, burst: 1250 },
  standard: { rateRps: 125, burst: 500 },
  basic: { rateRps: 25, burst: 50 },
};

/** A minute from 600 s on, in which so many requests a second were offered, and so many admitted. */
function minute(offeredRps: number, admittedRps: number) {
  const sketch = { requests: 60 * offeredRps, throttled: 60 * (offeredRps - admittedRps) };
  return readSignals(minuteWindow(600_000, sketch), policy, 1);
}

function inputWith(change: Partial<LawInput<unknown>>): LawInput<unknown> {
  const { keyCounts = { premium: 30, standard: 60, basic: 100 }, ...rest } = change;
  return {
    state: undefined,
    windows: [],
    live: { stage: {}, tiers: RESTING },
    effective: { stageMs: 0, tiersMs: {} },
    policy,
    baseline: { stage: { rateRps: 500, burst: 250 }, tiers: RESTING },
    keyCounts,
    now: 780_000,
    ...rest,
  };
}

const tiersOf = (change: Partial<MinuteShortage> = {}) =>
  minuteTiers({
    input: inputWith({}),
    before: RESTING,
    totalCups: 420,
    meanCost: 1,
    signals: minute(1000, 400),
    isDraining: false,
    ...change,
  });

describe('in a shortage of a total of 420, with the weights 4, 2 and 1', () => {
  test('each tier gets its part by weight, half more of it evenly to its keys; the greatest weight is left alone', () => {
    expect(tiersOf()).toEqual({
      premium: RESTING.premium,
      // 1.5 x 420 x 2 / 7 / 60 keys, and 1.5 x 420 x 1 / 7 / 100 keys, at least 2.
      standard: { rateRps: 3, burst: 10 },
      basic: { rateRps: 2, burst: 10 },
    });
  });

  test('requests that cost more are fewer', () => {
    expect(tiersOf({ totalCups: 4200, meanCost: 2.5 })).toEqual({
      premium: RESTING.premium,
      // 12 and 3.6; three seconds of them for a burst.
      standard: { rateRps: 12, burst: 36 },
      basic: { rateRps: 3.6, burst: 11 },
    });
  });

  test('nobody gets more than at rest, nor a larger burst', () => {
    const { standard, basic } = tiersOf({ totalCups: 28_000 });
    expect(standard).toEqual(RESTING.standard);
    expect(basic).toEqual(RESTING.basic);
    // 1.5 x 17500 x 2 / 7 / 60 = 125, which is its baseline.
    expect(tiersOf({ totalCups: 17_500 }).standard).toEqual(RESTING.standard);
    // 1.5 x 14000 x 2 / 7 / 60 = 100; 1.5 x 14000 / 7 / 125 = 24
    const input = inputWith({ keyCounts: { premium: 30, standard: 60, basic: 125 } });
    expect(tiersOf({ totalCups: 14_000, input })).toMatchObject({
      standard: { rateRps: 100, burst: 300 },
      basic: { rateRps: 24, burst: 50 },
    });
  });

  test.each([
    ['has no keys', { premium: 30, standard: 60, basic: 0 }],
    ['nobody has counted', { premium: 30, standard: 60 }],
  ])('a tier that %s rests', (_, keyCounts) => {
    expect(tiersOf({ input: inputWith({ keyCounts }) }).basic).toEqual(RESTING.basic);
  });

  test('nothing changes where nobody knows how many keys there are', () => {
    const { keyCounts, ...input } = inputWith({});
    expect(tiersOf({ input })).toBe(RESTING);
  });

  test('nothing changes where less than a quarter is refused', () => {
    expect(tiersOf({ signals: minute(400, 301) })).toBe(RESTING);
    expect(tiersOf({ signals: minute(400, 300) })).not.toEqual(RESTING);
  });
});

describe('plans that are cut already', () => {
  const before = { ...RESTING, standard: { rateRps: 8, burst: 24 }, basic: { rateRps: 2, burst: 10 } };
  const raisedFor = (admittedRps: number, change: Partial<MinuteShortage> = {}) =>
    tiersOf({ before, totalCups: 400, signals: minute(1000, admittedRps), ...change });

  test('are raised by the cube of what is missing', () => {
    // Half is reached, which would make it 2^3 = 8 times as much, but five times is the most.
    expect(raisedFor(200)).toEqual({
      premium: RESTING.premium,
      standard: { rateRps: 40, burst: 120 },
      basic: { rateRps: 10, burst: 30 },
    });
    expect(raisedFor(250).standard?.rateRps).toBeCloseTo(8 * (400 / 250) ** 3, 1);
    expect(raisedFor(0).standard?.rateRps).toBe(5 * 8);
  });

  test('stay where three quarters of the total are reached', () => {
    expect(raisedFor(300)).toBe(before);
    expect(raisedFor(299)).not.toEqual(before);
  });

  test('stay while a backlog drains', () => {
    expect(raisedFor(200, { isDraining: true })).toBe(before);
  });

  test.each([
    ['the stage', 615_000, {}],
    ['the first plan', 0, { standard: 615_000, basic: 0 }],
    ['the last plan', 0, { standard: 0, basic: 615_000 }],
  ])('stay until a minute was lived under them: %s', (_, stageMs, tiersMs) => {
    const later = Object.fromEntries(Object.entries(tiersMs).map(([tier, ms]) => [tier, ms + 1]));
    const lived = inputWith({ effective: { stageMs, tiersMs } });
    const notLived = inputWith({ effective: { stageMs: stageMs + 1, tiersMs: later } });
    expect(raisedFor(200, { input: lived })).not.toEqual(before);
    expect(raisedFor(200, { input: notLived })).toBe(before);
  });

  test('a tier that was not written yet rests', () => {
    const { premium, ...written } = before;
    expect(raisedFor(200, { before: written }).premium).toEqual(premium);
  });
});

describe('plans are cut', () => {
  const baseline = inputWith({}).baseline;

  test.each([
    ['not at their baselines', RESTING, false],
    ['not above them', { ...RESTING, basic: { rateRps: 26, burst: 50 } }, false],
    ['if one is below', { ...RESTING, basic: { rateRps: 24, burst: 50 } }, true],
    ['not by a tier that has no baseline', { ...RESTING, other: { rateRps: 1, burst: 5 } }, false],
  ])('%s', (_, tiers, expected) => {
    expect(arePlansCut(tiers, baseline)).toBe(expected);
  });
});

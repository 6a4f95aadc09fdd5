import {
  areTiersWritten,
  desiredTiers,
  doPlansHold,
  type Situation,
  tiersInForce,
  wantedCups,
} from '../../../shared/law/sharing/desired-limits.ts';
import { tiersInShortage } from '../../../shared/law/sharing/tier-levels.ts';
import type { DemandEntry, ErrorTest, TrackerState } from '../../../shared/law/state.ts';
import { asking, inputOf, RESTING, situationOf, stateOf } from '../../support/builders/law-input.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { signalsOf } from '../../support/builders/window-signals.ts';

const policy = roundPolicy();
const memoryOf = (demand: Record<string, DemandEntry>) => ({ ...stateOf().memory, demand });
const NARROW = { premium: { rateRps: 300, burst: 900 }, basic: { rateRps: 20, burst: 60 } };

test('all that is wanted is what the baselines would let through of each key, and all of a tier without one', () => {
  const memory = memoryOf({ a: asking(400), b: asking(700), c: asking(30, 'basic'), d: asking(50, 'unknown') });
  expect(wantedCups(memory, RESTING, policy)).toBe(400 + 500 + 30 + 50);
});

test('what is asked counts, also what is not believed to be wanted', () => {
  expect(wantedCups(memoryOf({ a: asking(400, 'premium', 100) }), RESTING, policy)).toBe(400);
});

describe('the plans by the log', () => {
  const memory = memoryOf({ a: asking(500), b: asking(100, 'basic') });
  const shortage = (change: Partial<TrackerState>, more: Partial<Situation> = {}) =>
    situationOf({ memory, isContended: true, tracker: trackerOf({ totalCups: 300, ...change }), ...more });

  test('are levels while the total does not suffice', () => {
    const { live } = inputOf();
    const rest = { admittedCups: 280, memory, live: live.tiers, baseline: RESTING, policy };
    const plans = desiredTiers(shortage({}, { signals: signalsOf({ admittedCups: 280 }) }));
    expect(plans).toEqual(tiersInShortage({ totalCups: 300, ...rest }));
    expect(plans.order).toContain('premium');
    expect(plans.tiers.premium?.rateRps).toBeLessThan(500);
  });

  test('are the baselines where it suffices, or where there is no total', () => {
    const resting = { tiers: RESTING.tiers, order: [] };
    expect(desiredTiers(shortage({}, { isContended: false }))).toEqual(resting);
    const narrow = { input: inputOf({ live: { stage: {}, tiers: NARROW } }) };
    expect(desiredTiers(shortage({ totalCups: null }, narrow))).toEqual(resting);
  });

  test('are left alone while errors are tested, and not once they are', () => {
    const before = { stage: {}, tiers: NARROW };
    const errorTest: ErrorTest = {
      startedMs: 0,
      verdict: 'running',
      successShare: 1,
      admittedCups: 1,
      totalCups: null,
    };
    expect(desiredTiers(shortage({ errorTest }, { before }))).toEqual({ tiers: NARROW, order: [] });
    const tested = { ...errorTest, verdict: 'load' as const };
    expect(desiredTiers(shortage({ errorTest: tested }, { before })).tiers).not.toEqual(NARROW);
  });
});

describe('the plans by minutes', () => {
  const minutes = { shortageShare: 0.1, evenFactor: 1, toleranceSeconds: 15, reachedShare: 0.9, largestRaiseFactor: 4 };
  const tiers = { premium: { weight: 4 }, basic: { weight: 1 } };
  const input = inputOf({ policy: roundPolicy({ minutes, tiers }), keyCounts: { premium: 3, basic: 10 } });
  const signals = signalsOf({ source: 'metrics', throttledShare: 0.2, admittedCups: 200 });

  const plans = (change: Partial<TrackerState>, more: Partial<Situation> = {}) =>
    desiredTiers(
      situationOf({ input, signals, isContended: true, isDemandKnown: false, tracker: trackerOf(change), ...more }),
    );
  /** Ten basic keys share a fifth of the total evenly: a fiftieth each. */
  const writtenFor = (change: Partial<TrackerState>) => 50 * (plans(change).tiers.basic?.rateRps ?? 0);

  const climb = { totalCups: 400, isClimbing: true } as const;
  test.each<[string, Partial<TrackerState>, number]>([
    ['the total', { totalCups: 400, goodCups: 300 }, 400],
    ['the good rate, while a backlog drains', { phase: 'drain', totalCups: 200, goodCups: 350 }, 350],
    ['where the climb will soon be', { ...climb, plateau: { cups: 800, atMs: 0 } }, 520],
    ['no more than was proven', { ...climb, plateau: { cups: 450, atMs: 0 } }, 450],
    ['no less than the total', { ...climb, plateau: { cups: 300, atMs: 0 } }, 400],
    ['the total, where nothing was proven', climb, 400],
    ['the total, between small steps', { totalCups: 400, plateau: { cups: 800, atMs: 0 } }, 400],
  ])('are written for %s', (_, change, totalCups) => {
    expect(writtenFor(change)).toBeCloseTo(totalCups);
    expect(plans(change).order).toEqual([]);
  });

  test('are the baselines where the total suffices, or where there is none', () => {
    expect(plans({ totalCups: 400 }, { isContended: false }).tiers).toEqual(RESTING.tiers);
    expect(plans({ isClimbing: true, plateau: { cups: 800, atMs: 0 } }).tiers).toEqual(RESTING.tiers);
  });

  test('are raised where they let through too little, but not during a drain', () => {
    const before = { stage: {}, tiers: NARROW };
    // Half of the total is admitted: eight times the rate, of which at most four in one round.
    expect(plans({ totalCups: 400 }, { before }).tiers.basic?.rateRps).toBe(80);
    const draining = { phase: 'drain', totalCups: 400, goodCups: 400 } as const;
    expect(plans(draining, { before }).tiers).toEqual(NARROW);
  });

  test('go by the mean cost of a request', () => {
    const memory = { ...stateOf().memory, meanCost: 2 };
    expect(plans({ totalCups: 400 }, { memory }).tiers.basic?.rateRps).toBe(400 / 5 / 10 / 2);
  });
});

describe('the plans in force hold the total', () => {
  const hold = (totalCups: number | null, plansHoldShare = 1, inForce = RESTING.tiers) =>
    doPlansHold(
      situationOf({
        memory: memoryOf({ a: asking(400) }),
        tracker: trackerOf({ totalCups }),
        inForce,
        input: inputOf({ policy: roundPolicy({ demand: { plansHoldShare } }) }),
      }),
    );

  test.each([
    ['where they pass no more than it', 400, 1, true],
    ['not where they pass more', 399, 1, false],
    ['where they pass a quarter more, and that may be', 320, 1.25, true],
    ['not where there is none', null, 1, false],
  ])('%s', (_, totalCups, share, expected) => {
    expect(hold(totalCups, share)).toBe(expected);
  });

  test('where nothing is asked for there may still be no total to hold', () => {
    expect(doPlansHold(situationOf())).toBe(false);
  });

  test('the limits in force are what counts', () => {
    expect(hold(300, 1, NARROW)).toBe(true);
    expect(hold(299, 1, NARROW)).toBe(false);
  });
});

describe('tier limits that may still be enforced', () => {
  const NOW = 780_000;
  const inForce = (beforeRps: number | undefined, liveRps: number, effectiveMs?: number) => {
    const before = beforeRps === undefined ? {} : { basic: { rateRps: beforeRps, burst: 60 } };
    const live = { stage: {}, tiers: { basic: { rateRps: liveRps, burst: 30 } } };
    const tiersMs = effectiveMs === undefined ? {} : { basic: effectiveMs };
    return tiersInForce(before, inputOf({ live, effective: { stageMs: 0, tiersMs }, now: NOW })).basic;
  };

  test.each([
    ['a cut that has yet to take effect does not count', 20, 10, NOW + 1, { rateRps: 20, burst: 60 }],
    ['a cut that takes effect now counts', 20, 10, NOW, { rateRps: 10, burst: 30 }],
    ['a raise counts at once', 10, 20, NOW + 1, { rateRps: 20, burst: 30 }],
    ['the same rate counts at once', 10, 10, NOW + 1, { rateRps: 10, burst: 30 }],
    ['a plan that we never knew counts as it is', undefined, 10, NOW + 1, { rateRps: 10, burst: 30 }],
    ['a plan that we never wrote counts as it is', 20, 10, undefined, { rateRps: 10, burst: 30 }],
  ])('%s', (_, beforeRps, liveRps, effectiveMs, expected) => {
    expect(inForce(beforeRps, liveRps, effectiveMs)).toEqual(expected);
  });
});

describe('plans are written', () => {
  const written = (tiers: Record<string, number>) => {
    const wanted = Object.entries(tiers).map(([tier, rateRps]) => [tier, { rateRps, burst: 1 }] as const);
    const coarse = roundPolicy({ guardrails: { ignoreChangeShare: 0.25 } });
    return areTiersWritten(inputOf({ policy: coarse }), Object.fromEntries(wanted));
  };

  test.each([
    ['as desired', { premium: 500, basic: 100 }, true],
    ['a little too wide', { basic: 81 }, true],
    ['a quarter too wide', { basic: 80 }, false],
    ['a little too narrow', { basic: 133 }, true],
    ['more than a quarter too narrow', { basic: 134 }, false],
    ['one as desired, one not', { premium: 500, basic: 10 }, false],
    ['where there is no such plan', { internal: 5 }, true],
  ])('%s', (_, tiers, expected) => {
    expect(written(tiers)).toBe(expected);
  });
});

import type { ErrorTest, TrackerState } from '../../../shared/law/state.ts';
import type { Health } from '../../../shared/law/telling/health.ts';
import { adoptGuard, isContended } from '../../../shared/law/tracking/contention.ts';
import { asking, inputOf, stateOf } from '../../support/builders/law-input.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { type Seen, signalsOf } from '../../support/builders/window-signals.ts';

const RUNNING: ErrorTest = { startedMs: 0, verdict: 'running', successShare: 1, admittedCups: 1, totalCups: null };
const policy = roundPolicy({ minutes: { bindingThrottledShare: 0.1, bindingFillShare: 0.9 } });
const input = inputOf({ policy });

/** A window after which one premium key is known to ask for 400 within its baseline of 500. */
function reading(seen: Seen = {}, health: Health = 'healthy') {
  const { memory } = stateOf();
  return { memory: { ...memory, demand: { 'key-1': asking(400) } }, signals: signalsOf(seen), health };
}

describe('contention by the log', () => {
  const contended = (change: Partial<TrackerState>, wasContended = false, guardCups: number | null = null) =>
    isContended(trackerOf(change), stateOf({ isContended: wasContended }), reading(), guardCups, input);

  test.each([
    ['more is asked for than the total', 399, false, true],
    ['what is asked for fits', 400, false, false],
    ['it goes on until demand fits well', 444, true, true],
    ['it ends then', 445, true, false],
  ])('%s', (_, totalCups, wasContended, expected) => {
    expect(contended({ totalCups }, wasContended)).toBe(expected);
  });

  test.each([
    ['the good rate, while a backlog drains', { phase: 'drain', totalCups: 100, goodCups: 500 }, 100, false],
    ['the total, while nothing drains', { phase: 'hold', totalCups: 500, goodCups: 100 }, 100, false],
    ['the guard, where there is no total', { totalCups: null }, 300, true],
    ['a guard that suffices', { totalCups: null }, 500, false],
    ['nothing, where nothing limits', { totalCups: null }, null, false],
  ] as const)('demand is compared with %s', (_, change, guardCups, expected) => {
    expect(contended(change, false, guardCups)).toBe(expected);
  });

  test('what a key asks for beyond its baseline does not count', () => {
    const greedy = { ...reading(), memory: { ...reading().memory, demand: { 'key-1': asking(5000) } } };
    expect(isContended(trackerOf({ totalCups: 499 }), stateOf(), greedy, null, input)).toBe(true);
    expect(isContended(trackerOf({ totalCups: 500 }), stateOf(), greedy, null, input)).toBe(false);
  });

  test.each([true, false])('the cut that tests errors leaves it as it was: %s', (wasContended) => {
    const errorTest = RUNNING;
    expect(contended({ totalCups: 399, errorTest }, wasContended)).toBe(wasContended);
    expect(contended({ totalCups: 399, errorTest: { ...errorTest, verdict: 'load' } }, wasContended)).toBe(true);
  });
});

describe('contention by minutes', () => {
  test.each([
    ['refusals at a full limit', 0.11, 361, false, true],
    ['few refusals are none of the total', 0.1, 361, false, false],
    ['refusals below a full limit are the plans’ own', 0.11, 360, false, false],
    ['refusals below a full limit, once plans are cut for it', 0.11, 360, true, true],
    ['few refusals, although plans are cut', 0.1, 400, true, false],
  ])('%s', (_, throttledShare, admittedCups, wasContended, expected) => {
    const minute = reading({ source: 'metrics', throttledShare, admittedCups });
    const state = stateOf({ isContended: wasContended });
    expect(isContended(trackerOf({ totalCups: 400 }), state, minute, null, input)).toBe(expected);
  });
});

describe('the guard that demand has run into', () => {
  const adopt = (
    change: Partial<TrackerState>,
    guardCups: number | null,
    seen: Seen = {},
    health: Health = 'healthy',
  ) => {
    const { memory } = stateOf();
    const state = stateOf({ tracker: trackerOf(change), memory: { ...memory, admittedCups: 350 } });
    return { before: state.tracker, after: adoptGuard(state, reading(seen, health), guardCups, input) };
  };

  test('becomes the total, as an action of this tick', () => {
    const { before, after } = adopt({ lastAction: 'drained' }, 380, { admittedCups: 300 });
    expect(after).toEqual({ ...before, totalCups: 380, lastAction: 'none', lastActionMs: 780_000 });
  });

  test.each([
    ['a total stands, although demand exceeds it', { totalCups: 350 }, 300],
    ['there is no guard', {}, null],
    ['demand fits into it', {}, 400],
  ])('does not, where %s', (_, change, guardCups) => {
    const { before, after } = adopt(change, guardCups);
    expect(after).toBe(before);
  });

  test('does not, where there is none, although a test of errors leaves tiers bound', () => {
    const state = stateOf({ isContended: true, tracker: trackerOf({ errorTest: RUNNING }) });
    expect(adoptGuard(state, reading(), null, input)).toBe(state.tracker);
  });

  test.each([
    ['what two healthy windows passed: the lesser of them', 'healthy', 390, 350],
    ['what two healthy windows passed, in either order', 'healthy', 340, 340],
    ['all that passed, where that is slower than healthy', 'watch', 390, 390],
    ['the guard, where what passed is no proof', 'erring', 390, 300],
  ] as const)('the total is %s', (_, health, admittedCups, totalCups) => {
    expect(adopt({}, 300, { admittedCups }, health).after.totalCups).toBe(totalCups);
  });

  test('the plateau is the highest healthy rate, unless one is known', () => {
    const plateau = { cups: 600, atMs: 1 };
    expect(adopt({ plateau }, 300).after.plateau).toBe(plateau);
    const proven = { ...reading(), memory: { ...reading().memory, confirmed: { cups: 310, atMs: 2 } } };
    expect(adoptGuard(stateOf(), proven, 300, input).plateau).toEqual({ cups: 310, atMs: 2 });
  });
});

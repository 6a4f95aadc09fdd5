import type { TrackerState } from '../../../shared/law/state.ts';
import { isBeyondLastBad, onHealthyAndBound } from '../../../shared/law/tracking/growth.ts';
import type { Evidence } from '../../../shared/law/tracking/step.ts';
import { expectReadable } from '../../support/builders/readable-reason.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { type Seen, signalsOf } from '../../support/builders/window-signals.ts';

const policy = roundPolicy();
const NOW = 780_000;

interface Case {
  readonly tracker?: Partial<TrackerState>;
  readonly seen?: Seen;
  readonly evidence?: Partial<Evidence>;
  readonly policy?: typeof policy;
}

/** A total of 400, all of it admitted, at the healthy 100 ms; the next step would be 8 %. */
function search(change: Case = {}) {
  const tracker = trackerOf({ totalCups: 400, isKneeTold: false, probeShare: 0.08, ...change.tracker });
  const signals = signalsOf(change.seen);
  const evidence = evidenceOf(signals, { healthyLatencyMs: 100, isFresh: true, now: NOW, ...change.evidence });
  return onHealthyAndBound(tracker, evidence, change.policy ?? policy);
}

const toTotal = (change: Case) => search(change).tracker.totalCups;

test('with nothing known to fail the total goes up by the step, and the next may be twice as long', () => {
  const step = search();
  expect(step).toMatchObject({ kind: 'probe', rule: 'probe' });
  expect(step).not.toHaveProperty('guard');
  expect(step.tracker).toMatchObject({
    phase: 'hold',
    isClimbing: false,
    goodCups: 400,
    lastAction: 'raise',
    lastActionMs: NOW,
  });
  expect(step.tracker.totalCups).toBeCloseTo(432);
  expect(step.tracker.probeShare).toBeCloseTo(0.16);
  expectReadable(step, '100 ms', '400', 'by 8 %', '432');
});

describe('how long a step is', () => {
  // Left of the way from 100 ms to the knee at 120: half at 110 ms; to the fourth power 0.0625.
  test.each([
    ['shrinks with the fourth power of what is left to the knee', 0.64, 110, 1 + 0.64 * 0.0625],
    ['is never less than the first one', 0.08, 110, 1.02],
  ])('it %s', (_, probeShare, latencyMs, factor) => {
    expect(toTotal({ tracker: { probeShare }, seen: { latencyMs } })).toBeCloseTo(400 * factor);
  });

  test.each([
    ['where the knee told in time, and none shows now, it is at least the step of the knee', 100, 760_000, 0.1],
    ['that step shrinks towards the knee', 104, 760_000, 0.1 * 0.8 ** 4],
    ['that step shrinks as news gets older than prompt', 100, 740_000, 0.1 / 2],
    ['that step does not grow with news that is prompter still', 100, 770_000, 0.1],
  ])('%s', (_, latencyMs, startMs, share) => {
    const told = { isKneeTold: true, probeShare: 0.02 };
    expect(toTotal({ tracker: told, seen: { latencyMs, startMs, seconds: 5 } })).toBeCloseTo(400 * (1 + share));
  });

  test.each([
    ['a large one is a climb', 0.25, true],
    ['a smaller one is not', 0.2, false],
  ])('%s', (_, probeShare, isClimbing) => {
    const given = roundPolicy({ tracker: { largeStepShare: 0.25 } });
    expect(search({ tracker: { probeShare, isClimbing: !isClimbing }, policy: given }).tracker).toMatchObject({
      isClimbing,
    });
  });

  test('the largest of one action holds, and is named', () => {
    const step = search({ tracker: { probeShare: 0.8 } });
    expect(step).toMatchObject({ guard: 'largest-step', tracker: { totalCups: 600, probeShare: 0.5 } });
  });

  test('the next is not shorter than the first', () => {
    const careful = { tracker: { lastBad: { cups: 400, atMs: NOW } }, evidence: { isBelievedMet: true } };
    expect(search(careful).tracker.probeShare).toBe(0.02);
  });
});

describe('with a rate known to fail', () => {
  const bad = (cups: number) => ({ bad: { cups, atMs: NOW - 30_000 } });

  test.each([
    ['half the gap', 0.5, 450],
    ['the step, where that is less', 0.02, 408],
  ])('it goes up by %s', (_, probeShare, totalCups) => {
    const step = search({ tracker: { ...bad(500), probeShare } });
    expect(step).toMatchObject({ kind: 'probe', rule: 'bisect', tracker: bad(500) });
    expect(step.tracker.totalCups).toBeCloseTo(totalCups);
  });

  test('it settles where the gap is small', () => {
    const tracker = { totalCups: 480, ...bad(500), isRough: true, isClimbing: true };
    const step = search({ tracker, seen: { admittedCups: 480 } });
    const settled = { totalCups: 480, isRough: false, isClimbing: false, probeShare: 0.02 };
    expect(step).toMatchObject({ kind: 'hold', rule: 'bracket-tight', tracker: settled });
    expectReadable(step, '480', '500', 'failed 30 s', '120 s');
  });

  test('a gap of a little more is searched', () => {
    expect(search({ tracker: { ...bad(417), probeShare: 0.02 } }).rule).toBe('bisect');
  });

  test.each([
    ['no latency shows of a knee that told before', true, 100, 'probe'],
    ['little latency shows of it', true, 104, 'probe'],
    ['more latency shows of it', true, 106, 'bisect'],
    ['the knee never told', false, 100, 'bisect'],
  ])('it is belied or not: %s', (_, isKneeTold, latencyMs, rule) => {
    const step = search({ tracker: { ...bad(500), isKneeTold }, seen: { latencyMs } });
    expect([step.rule, step.tracker.bad]).toEqual([rule, rule === 'probe' ? null : bad(500).bad]);
  });

  test('the policy may ask for no latency at all to belie it', () => {
    const strict = roundPolicy({ tracker: { beliedRoomShare: 1 } });
    expect(search({ tracker: { ...bad(500), isKneeTold: true }, policy: strict }).rule).toBe('probe');
  });
});

describe('below a rate proven lately', () => {
  const plateau = (cups: number) => ({ plateau: { cups, atMs: NOW } });

  test('it is a way back, not a probe', () => {
    const step = search({ tracker: plateau(600) });
    expect(step).toMatchObject({ kind: 'relax', rule: 'climb-to-plateau' });
    expect(step.tracker.totalCups).toBeCloseTo(432);
  });

  test('it goes no further than that rate', () => {
    expect(toTotal({ tracker: plateau(410) })).toBe(410);
  });

  test('a rate within the first step is no way back', () => {
    expect(search({ tracker: plateau(408) })).toMatchObject({ rule: 'probe' });
    expect(toTotal({ tracker: plateau(408) })).toBeCloseTo(432);
  });
});

describe('close to a rate that failed long ago', () => {
  const close = { lastBad: { cups: 400, atMs: NOW } };

  // A step of e leaves e x T seconds of queue: 0.6 s over a loop of 20 s of news and 20 s of plan writes.
  test.each([
    ['builds no longer queue than may be', close, {}, {}, 0.6 / 40],
    ['is half of that where nobody believed needs it', close, {}, { isBelievedMet: true }, 0.6 / 80],
    ['is at least half the first step, however late the news', close, { startMs: 600_000 }, {}, 0.01],
    ['is at most the first step, however prompt', close, { startMs: 775_000, seconds: 1 }, {}, 0.02],
    ['may be long where a higher rate is proven', { ...close, plateau: { cups: 600, atMs: NOW } }, {}, {}, 0.08],
    ['may be long where the knee tells', { ...close, isKneeTold: true }, {}, {}, 0.1],
    ['may be long beyond that rate', { lastBad: { cups: 392, atMs: NOW } }, {}, {}, 0.08],
  ])('a step %s', (_, tracker, seen, evidence, share) => {
    expect(toTotal({ tracker, seen, evidence })).toBeCloseTo(400 * (1 + share));
  });

  test('beyond that rate steps grow twice as fast', () => {
    expect(search({ tracker: { lastBad: { cups: 392, atMs: NOW } } }).tracker.probeShare).toBeCloseTo(0.08 * 2 ** 2);
  });

  test.each([
    ['a first step beyond it is', 500, 400, true],
    ['less than that is not', 499, 400, false],
    ['what never failed is not beyond it', 500, null, false],
    ['no total is not beyond it', null, 400, false],
  ])('%s', (_, totalCups, lastBadCups, expected) => {
    const given = roundPolicy({ tracker: { firstProbeShare: 0.25 } });
    expect(
      isBeyondLastBad(
        trackerOf({ totalCups, lastBad: lastBadCups === null ? null : { cups: lastBadCups, atMs: 0 } }),
        given,
      ),
    ).toBe(expected);
  });
});

describe('what was not admitted proves nothing', () => {
  test('a raise starts from what was admitted, and a little', () => {
    expect(toTotal({ seen: { admittedCups: 380 } })).toBeCloseTo(1.08 * 1.05 * 380);
  });

  test('where that is below the total, it holds', () => {
    const climbing = { isClimbing: true, isRough: true };
    const step = search({ tracker: climbing, seen: { admittedCups: 350 } });
    const held = { totalCups: 400, isClimbing: false, isRough: false, probeShare: 0.02 };
    expect(step).toMatchObject({ kind: 'hold', rule: 'total-not-reached', tracker: held });
    expectReadable(step, '350', '400');
  });

  test('the ceiling of capacity clips a raise, and ends it', () => {
    const upTo = (ceilingCups: number) => search({ policy: roundPolicy({ capacity: { ceilingCups } }) });
    expect(upTo(405)).toMatchObject({ rule: 'probe', guard: 'capacity-ceiling', tracker: { totalCups: 405 } });
    const step = upTo(400);
    expect(step).toMatchObject({ kind: 'hold', rule: 'at-ceiling', tracker: { totalCups: 400, probeShare: 0.02 } });
    expectReadable(step, '400');
  });
});

import { conclude } from '../../../shared/law/conclude.ts';
import type { Situation } from '../../../shared/law/sharing/desired-limits.ts';
import type { MemoryState, TrackerState } from '../../../shared/law/state.ts';
import { hold, type Step } from '../../../shared/law/tracking/step.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { asking, inputOf, LIVE, RESTING, situationOf, stateOf } from '../../support/builders/law-input.ts';
import { expectReadable } from '../../support/builders/readable-reason.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { type Seen, signalsOf } from '../../support/builders/window-signals.ts';

interface Case {
  readonly tracker?: Partial<TrackerState>;
  readonly step?: Partial<Step>;
  readonly seen?: Seen;
  readonly memory?: Partial<MemoryState>;
  readonly situation?: Partial<Situation>;
  readonly wasContended?: boolean;
  readonly before?: Limits;
  readonly desired?: Limits;
}

const WORDS = { reason: 'The step said why.', wouldChange: 'The step said what.' };

/** A tick that holds a total of 500, of which 400 is wanted, and changes nothing. */
function conclusion({ tracker, step, seen, memory, situation, wasContended = false, before, desired }: Case = {}) {
  const known = { ...stateOf().memory, demand: { a: asking(400) }, ...memory };
  const held = hold(trackerOf({ totalCups: 500, ...tracker }), 'at-rest', WORDS);
  return conclude({
    state: stateOf({ isContended: wasContended, desired: before ?? LIVE }),
    step: { ...held, ...step },
    evidence: evidenceOf(signalsOf(seen)),
    situation: situationOf({ input: inputOf(), memory: known, ...situation }),
    desired: desired ?? LIVE,
  });
}

const tiersAt = (premium: number, basic = 100, burst = 200): Limits => ({
  stage: LIVE.stage,
  tiers: { premium: { rateRps: premium, burst: 1250 }, basic: { rateRps: basic, burst } },
});
const stageAt = (rateRps: number, burst = 500): Limits => ({ ...LIVE, stage: { '*/*': { rateRps, burst } } });

describe('what a tick concludes', () => {
  test('is what the step says where nothing became of the limits', () => {
    expect(conclusion()).toMatchObject({ kind: 'hold', verdict: 'trustworthy', rule: 'at-rest', ...WORDS });
    expect(conclusion()).not.toHaveProperty('guard');
  });

  test('is the step’s own action whatever else became of the limits', () => {
    const acted = { kind: 'brake', rule: 'congested-cut', guard: 'largest-step' } as const;
    const all = conclusion({ step: acted, situation: { isContended: true }, desired: tiersAt(300) });
    expect(all).toMatchObject({ ...acted, ...WORDS });
  });

  test('is idle where nobody asked for anything', () => {
    expect(conclusion({ seen: { admittedCups: 0 } }).verdict).toBe('idle');
  });
});

describe('contention', () => {
  test('that begins is named with demand, total and the levels', () => {
    const begun = conclusion({ situation: { isContended: true }, tracker: { totalCups: 350 }, desired: tiersAt(300) });
    expect(begun).toMatchObject({ kind: 'tighten', rule: 'guard-binds' });
    expectReadable(begun, '400', '350', 'premium 300 rps per key.', '315');
    expect(begun.reason).not.toContain('basic');
  });

  test('names all levels that are below their baselines, or says that there is none', () => {
    const of = (desired: Limits) => conclusion({ situation: { isContended: true }, desired }).reason;
    expect(of(tiersAt(300, 20))).toContain('premium 300 rps per key, basic 20 rps per key.');
    expect(of(tiersAt(500, 100))).toMatch(/no tier needs a limit below its baseline\.$/);
    expect(of({ ...LIVE, tiers: { stranger: { rateRps: 5, burst: 5 } } })).toContain('no tier');
  });

  test('that ends is named with demand and total', () => {
    const ended = conclusion({ wasContended: true });
    expect(ended).toMatchObject({ kind: 'restore', rule: 'back-to-rest' });
    expectReadable(ended, '400', '500');
  });

  test('that goes on is no news', () => {
    expect(conclusion({ wasContended: true, situation: { isContended: true } }).rule).toBe('at-rest');
  });

  test('without a total is told with none', () => {
    const begun = conclusion({ situation: { isContended: true }, tracker: { totalCups: null } });
    expectReadable(begun, 'total of 0', 'below 0');
  });
});

describe('plans that moved', () => {
  test.each([
    ['a cut tightens', tiersAt(500), tiersAt(300), 'tighten'],
    ['a raise relaxes', tiersAt(300), tiersAt(500), 'relax'],
    ['one cut among raises tightens', tiersAt(300, 100), tiersAt(500, 50), 'tighten'],
    ['a burst alone relaxes', tiersAt(500), tiersAt(500, 100, 100), 'relax'],
    ['a tier that was not limited is cut', { ...LIVE, tiers: {} }, tiersAt(500), 'tighten'],
    ['a tier that is not limited any more is not', tiersAt(500), { ...LIVE, tiers: {} }, 'relax'],
  ])('%s', (_, before, desired, kind) => {
    expect(conclusion({ before, desired })).toMatchObject({ kind, rule: 'plans-adjusted' });
  });

  test('are named with the total and the levels', () => {
    expectReadable(conclusion({ desired: tiersAt(300) }), '500', 'premium 300 rps per key.');
  });
});

describe('a stage that moved', () => {
  test('with its rates kept has its bursts tightened', () => {
    const tightened = conclusion({ desired: stageAt(1000, 30) });
    expect(tightened).toMatchObject({ kind: 'tighten', rule: 'tighten-burst' });
    expectReadable(tightened, '*/* 1000 rps');
  });

  test.each([
    ['down tightens', 800, 'tighten'],
    ['up relaxes', 1200, 'relax'],
  ])('%s', (_, rateRps, kind) => {
    const sized = conclusion({ desired: stageAt(rateRps), situation: { guardCups: 650 } });
    expect(sized).toMatchObject({ kind, rule: 'guard-sized' });
    expectReadable(sized, `*/* ${rateRps} rps`, 'guard 650', 'total 500');
  });

  test('names every method', () => {
    const stage = { '*/*': { rateRps: 800, burst: 25 }, '/orders/POST': { rateRps: 40, burst: 25 } };
    expectReadable(conclusion({ desired: { ...LIVE, stage } }), '*/* 800 rps, /orders/POST 40 rps');
    const tightened = conclusion({ before: { ...LIVE, stage }, desired: { ...LIVE, stage: burstsOf(stage, 20) } });
    expectReadable(tightened, '*/* 800 rps, /orders/POST 40 rps');
  });

  test('without guard or total says so', () => {
    const sized = conclusion({ desired: stageAt(800), tracker: { totalCups: null } });
    expectReadable(sized, 'guard 0', 'total not set');
  });
});

function burstsOf(stage: Limits['stage'], burst: number): Limits['stage'] {
  return Object.fromEntries(Object.entries(stage).map(([key, { rateRps }]) => [key, { rateRps, burst }]));
}

describe('the estimates', () => {
  const seen = { offeredCups: 420, admittedCups: 400, completedCups: 390, errorShare: 0.02, throttledShare: 0.05 };
  // The window ended at 770 s, now is 780 s.
  const always = { ...seen, wantedCups: 400, enforcementSlack: 1.05, windowAgeSeconds: 10 };

  test('name what the window showed, and leave out what is not known', () => {
    const { estimates } = conclusion({
      seen: { ...seen, latencyMs: undefined },
      tracker: { totalCups: null },
      memory: { slack: 1.05 },
    });
    expect(estimates).toStrictEqual(always);
  });

  test('name what is known of the backend, and every level that is not at rest', () => {
    const { estimates } = conclusion({
      seen: { ...seen, latencyMs: 130 },
      tracker: { goodCups: 450, bad: { cups: 520, atMs: 0 } },
      memory: { slack: 1.05, healthyLatencyMs: 100 },
      situation: { guardCups: 650 },
      desired: { ...LIVE, tiers: { ...RESTING.tiers, basic: { rateRps: 20, burst: 60 } } },
    });
    const known = { latencyMs: 130, healthyLatencyMs: 100, totalCups: 500, badCups: 520, guardCups: 650 };
    // 0.9 of the capacity is aimed at.
    expect(estimates).toEqual({ ...always, ...known, capacityCups: 450 / 0.9, 'waterLevelRps.basic': 20 });
  });
});

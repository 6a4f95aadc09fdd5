import type { MemoryState, TrackerState } from '../../../shared/law/state.ts';
import { gather, learnSlack, withEffect } from '../../../shared/law/telling/gather-evidence.ts';
import type { Evidence } from '../../../shared/law/tracking/step.ts';
import type { LawInput } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { asking, inputOf, LIVE, stateOf } from '../../support/builders/law-input.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { type Seen, signalsOf } from '../../support/builders/window-signals.ts';

const NOW = 780_000;
/** When `signalsOf`'s window began. */
const START_MS = 760_000;
const enforced = roundPolicy({ minutes: { toleranceSeconds: 15 } });

describe('what the tracker may go by', () => {
  function gathered(change: Partial<TrackerState>, seen: Seen = {}, input: Partial<LawInput<never>> = {}): Evidence {
    // A premium key asks for 400, of which three quarters are believed to be wanted.
    const known = { demand: { a: asking(400, 'premium', 300) }, healthyLatencyMs: 110, latencyGrowth: 0.2 };
    const memory: MemoryState = { ...stateOf().memory, ...known, confirmed: { cups: 999, atMs: 9 } };
    const before = { ...stateOf().memory, confirmed: { cups: 350, atMs: 5 } };
    const reading = { signals: signalsOf(seen), memory, health: 'watch' } as const;
    const given = inputOf({ policy: enforced, ...input });
    return gather(trackerOf(change), true, stateOf({ memory: before }), reading, 380, given);
  }

  test('is the window, what was known before it, and what is known now', () => {
    expect(gathered({})).toEqual({
      health: 'watch',
      signals: signalsOf(),
      healthyLatencyMs: 110,
      latencyGrowth: 0.2,
      isFresh: false,
      isSettled: false,
      isContended: true,
      confirmed: { cups: 350, atMs: 5 },
      isBelievedMet: true,
      guardCups: 380,
      arrivingCups: 300,
      frozenBy: undefined,
      now: NOW,
    });
  });

  test.each([
    ['by the log, a second late at most', {}, START_MS + 1000, true],
    ['by the log, later', {}, START_MS + 1001, false],
    ['by minutes, a quarter of one late at most', { source: 'metrics' }, START_MS + 15_000, true],
    ['by minutes, later', { source: 'metrics' }, START_MS + 15_001, false],
    ['not in force yet', {}, null, false],
  ] as const)('a window was lived under what is in force: %s', (_, seen, sinceMs, expected) => {
    const stage = gathered({ stageSinceMs: sinceMs, plansSinceMs: START_MS }, seen);
    expect([stage.isFresh, stage.isSettled]).toEqual([expected, expected]);
    const plans = gathered({ stageSinceMs: START_MS, plansSinceMs: sinceMs }, seen);
    expect([plans.isFresh, plans.isSettled]).toEqual([true, expected]);
  });

  test.each([
    ['they fit', 300, true],
    ['they do not', 299, false],
    ['without a total all do', null, true],
  ])('all believed demand is met: %s', (_, totalCups, expected) => {
    expect(gathered({ totalCups }).isBelievedMet).toBe(expected);
  });

  test('what arrives is what the plans let through; minutes do not know it', () => {
    const tiers = { ...LIVE.tiers, premium: { rateRps: 150, burst: 450 } };
    expect(gathered({}, {}, { live: { ...LIVE, tiers } }).arrivingCups).toBeCloseTo(150);
    expect(gathered({}, { source: 'metrics' }).arrivingCups).toBe(0);
  });

  test('the budget that is spent is named', () => {
    const spent = roundPolicy({ guardrails: { stageChangesPerHour: 1 } });
    const state = stateOf({ changes: [{ atMs: NOW - 1, direction: 'up' }] });
    const reading = { signals: signalsOf(), memory: state.memory, health: 'healthy' } as const;
    const { frozenBy } = gather(trackerOf(), true, state, reading, null, inputOf({ policy: spent }));
    expect(frozenBy).toBe('change-budget');
  });
});

describe('since when an action has been in force', () => {
  const ACTED = { lastActionMs: NOW - 50_000 };
  const desired: Limits = {
    stage: { '*/*': { rateRps: 990, burst: 30 } },
    tiers: { ...LIVE.tiers, basic: { rateRps: 99, burst: 200 } },
  };
  const sinceAction = (seconds: number) => ACTED.lastActionMs + 1000 * seconds;
  const effective = (stage: number, basic: number, premium = 0) => ({
    stageMs: sinceAction(stage),
    tiersMs: { basic: sinceAction(basic), premium: sinceAction(premium) },
  });
  const effect = (input: Partial<LawInput<never>>, change: Partial<TrackerState> = {}, wanted = desired) => {
    const given = inputOf({ policy: enforced, effective: effective(10, 30), ...input });
    const { stageSinceMs, plansSinceMs } = withEffect(trackerOf({ ...ACTED, ...change }), wanted, given);
    return { stageSinceMs, plansSinceMs };
  };

  test('since the last of its writes took effect, each within its tolerance', () => {
    expect(effect({})).toEqual({ stageSinceMs: sinceAction(10), plansSinceMs: sinceAction(30) });
    expect(effect({ effective: effective(10, 30, 35) }).plansSinceMs).toBe(sinceAction(35));
  });

  test('since the action itself, where older writes did for it', () => {
    expect(effect({ effective: effective(-60, -60, -60) })).toEqual({
      stageSinceMs: sinceAction(0),
      plansSinceMs: sinceAction(0),
    });
  });

  test('not while the stage, or a plan, is not as desired', () => {
    const stage = { '*/*': { rateRps: 980, burst: 30 } };
    expect(effect({}, {}, { ...desired, stage })).toEqual({ stageSinceMs: null, plansSinceMs: sinceAction(30) });
    const tiers = { ...LIVE.tiers, basic: { rateRps: 50, burst: 150 } };
    expect(effect({}, {}, { ...desired, tiers })).toEqual({ stageSinceMs: sinceAction(10), plansSinceMs: null });
  });

  test('later writes that follow a shift of demand do not undo it', () => {
    const known = { stageSinceMs: sinceAction(5), plansSinceMs: sinceAction(6) };
    const elsewhere = { stage: { '*/*': { rateRps: 1, burst: 1 } }, tiers: { basic: { rateRps: 1, burst: 1 } } };
    expect(effect({}, known)).toEqual(known);
    expect(effect({}, known, elsewhere)).toEqual(known);
  });

  test('an action of this very tick has no effect yet', () => {
    const tracker = trackerOf({ lastActionMs: NOW });
    expect(withEffect(tracker, desired, inputOf({ policy: enforced }))).toBe(tracker);
  });

  test('outside enforce mode nothing needs to be written', () => {
    const nowhere = { stage: {}, tiers: { basic: { rateRps: 1, burst: 1 } } };
    const shadow = { ...enforced, mode: 'shadow' } as const;
    expect(effect({ policy: shadow }, {}, nowhere)).toEqual({
      stageSinceMs: sinceAction(10),
      plansSinceMs: sinceAction(30),
    });
  });
});

describe('the slack of enforcement', () => {
  interface Case {
    readonly slack?: number;
    readonly tracker?: Partial<TrackerState>;
    readonly seen?: Seen;
    readonly evidence?: Partial<Evidence>;
    readonly policy?: typeof enforced;
  }
  /** 420 admitted under a total of 400 that binds and has settled. */
  const learned = ({ slack = 1, tracker, seen, evidence, policy = enforced }: Case) =>
    learnSlack(
      { ...stateOf().memory, slack },
      trackerOf({ totalCups: 400, ...tracker }),
      evidenceOf(signalsOf({ admittedCups: 420, ...seen }), { isSettled: true, ...evidence }),
      inputOf({ policy }),
    );

  test('a fifth of what was admitted too much is learned from each window', () => {
    expect(learned({})).toBeCloseTo(1 + 0.2 * 0.05);
    // Limits are written lower by what is known: 420 of 400 at a slack of 1.02 is 7.1 % too much.
    expect(learned({ slack: 1.02 })).toBeCloseTo(1.02 + 0.2 * (1.05 * 1.02 - 1.02));
  });

  test('it lies between none and the most believed', () => {
    expect(learned({ seen: { admittedCups: 380 } })).toBe(1);
    expect(learned({ seen: { admittedCups: 800 } })).toBe(1.1);
  });

  test('from where so little is admitted that something else is at work, nothing is learned', () => {
    const policy = roundPolicy({ tracker: { slackTellingShare: 0.75, slackMaxFactor: 2 } });
    const of = (admittedCups: number) => learned({ slack: 1.5, seen: { admittedCups }, policy });
    expect(of(200)).toBeCloseTo(1.5 + 0.2 * (0.5 * 1.5 - 1.5));
    expect(of(199)).toBe(1.5);
  });

  test.each<[string, Case]>([
    ['before plans and stage have settled', { evidence: { isSettled: false } }],
    ['where nobody asks for more', { evidence: { isContended: false } }],
    ['while a backlog drains', { tracker: { phase: 'drain' } }],
    ['without a total', { tracker: { totalCups: null } }],
    ['under a total of nothing', { tracker: { totalCups: 0 } }],
    ['from minutes', { seen: { source: 'metrics' } }],
  ])('nothing is learned %s', (_, change) => {
    expect(learned({ slack: 1.02, ...change })).toBe(1.02);
  });
});

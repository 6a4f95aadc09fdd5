import { withoutNews } from '../../../shared/law/blind.ts';
import type { MemoryState } from '../../../shared/law/state.ts';
import type { Heartbeat } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { inputOf, LIVE, RESTING, stateOf } from '../../support/builders/law-input.ts';
import { expectReadable } from '../../support/builders/readable-reason.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';

/** When something was last known, in the log. */
const NEWS_MS = 1_000_000;

interface Case {
  readonly desired?: Limits;
  readonly memory?: Partial<MemoryState>;
  readonly heartbeat?: Heartbeat;
  readonly fallback?: 'stay' | 'baseline' | 'lower';
  readonly rejected?: readonly string[];
  readonly isFirst?: boolean;
}

/** So many seconds after the last news. */
function silentFor(seconds: number, { desired = LIVE, memory, heartbeat, ...change }: Case = {}) {
  const known = { ...stateOf().memory, lastNewsMs: NEWS_MS, lastLogEndMs: NEWS_MS, ...memory };
  const state = stateOf({ desired, memory: known, planOrder: ['basic'], lastKind: 'probe' });
  const input = inputOf({
    state: change.isFirst ? undefined : state,
    now: NEWS_MS + 1000 * seconds,
    policy: roundPolicy({
      minutes: { silenceSeconds: 200 },
      blind: { fallback: change.fallback ?? 'stay' },
    }),
    ...(heartbeat ? { heartbeat } : {}),
  });
  return { state, ...output(withoutNews(state, input, change.rejected ?? [])) };
}

const output = ({ state, ...rest }: ReturnType<typeof withoutNews>) => ({ next: state, ...rest });

describe('from when on it is blind', () => {
  test.each([
    ['not while the newest window is not old', 120, {}, 'no-news'],
    ['after that', 120.5, {}, 'blind-hold'],
    ['later where only minutes were heard of late, for they come late', 320, { lastLogEndMs: NEWS_MS - 1 }, 'no-news'],
    ['then too', 320.5, { lastLogEndMs: NEWS_MS - 1 }, 'blind-hold'],
  ])('%s', (_, seconds, memory, rule) => {
    expect(silentFor(seconds, { memory }).conclusion.rule).toBe(rule);
  });

  test('silence counts from when log and count last agreed', () => {
    const heartbeat = { kind: 'traffic', accountedUntilMs: NEWS_MS + 300_000 } as const;
    expect(silentFor(420, { heartbeat }).conclusion).toMatchObject({
      rule: 'no-news',
      estimates: { silentSeconds: 120 },
    });
    expect(silentFor(421, { heartbeat }).conclusion.rule).toBe('blind-hold');
    const older = { kind: 'unknown', accountedUntilMs: NEWS_MS - 300_000 } as const;
    expect(silentFor(121, { heartbeat: older }).conclusion.estimates).toEqual({ silentSeconds: 121 });
  });
});

describe('without news, but not blind', () => {
  test('it holds what it wanted, with small bursts', () => {
    const { state, next, desired, planOrder, conclusion } = silentFor(20);
    expect(desired).toEqual({ stage: { '*/*': { rateRps: 1000, burst: 30 } }, tiers: LIVE.tiers });
    expect(next).toEqual({ ...state, desired, lastKind: 'hold' });
    expect(planOrder).toEqual(['basic']);
    expect(conclusion).toMatchObject({ kind: 'hold', verdict: 'trustworthy', rule: 'no-news' });
    expect(conclusion.estimates).toEqual({ silentSeconds: 20 });
    expectReadable(conclusion, '20 s');
  });

  test('the very first tick is said to be one', () => {
    expect(silentFor(0, { isFirst: true }).conclusion).toMatchObject({ rule: 'first-look', verdict: 'trustworthy' });
  });

  test('where AWS counts no request either it is idle, for however long', () => {
    const heartbeat = { kind: 'idle', accountedUntilMs: NEWS_MS } as const;
    const { conclusion, desired } = silentFor(5000, { heartbeat, fallback: 'baseline' });
    expect(conclusion).toMatchObject({ kind: 'hold', verdict: 'idle', rule: 'idle' });
    expect(desired.stage['*/*']?.burst).toBe(30);
    expectReadable(conclusion);
  });
});

describe('blind', () => {
  test('it holds everything as it was', () => {
    const { state, next, desired, conclusion } = silentFor(500);
    expect(desired).toBe(LIVE);
    expect(next).toEqual({ ...state, lastKind: 'hold' });
    expect(conclusion).toMatchObject({ kind: 'hold', verdict: 'blind', rule: 'blind-hold' });
    expect(conclusion.estimates).toEqual({ silentSeconds: 500 });
    expectReadable(conclusion, '500 s');
  });

  test.each([
    ['not before its time', 900, 'baseline', 'hold', 'blind-hold'],
    ['after its time', 901, 'baseline', 'restore', 'blind-fallback'],
    ['never where the policy says stay', 5000, 'stay', 'hold', 'blind-hold'],
  ] as const)('the fallback is taken: %s', (_, seconds, fallback, kind, rule) => {
    const { conclusion, next } = silentFor(seconds, { fallback });
    expect(conclusion).toMatchObject({ kind, verdict: 'blind', rule });
    expect(next.lastKind).toBe(kind);
  });

  const desired = {
    stage: { '*/*': { rateRps: 300, burst: 25 }, '/orders/POST': { rateRps: 1000, burst: 40 } },
    tiers: { premium: { rateRps: 700, burst: 9 } },
  };

  test('the baseline is what was deployed, for overrides too', () => {
    const { desired: taken, next, conclusion } = silentFor(901, { fallback: 'baseline', desired });
    expect(taken).toEqual({ stage: { '*/*': RESTING.stage, '/orders/POST': RESTING.stage }, tiers: RESTING.tiers });
    expect(next.desired).toBe(taken);
    expectReadable(conclusion, '901 s', '"baseline"');
  });

  test('the lower of both is taken limit by limit', () => {
    const lower = silentFor(901, { fallback: 'lower', desired }).desired;
    expect(lower).toEqual({ stage: desired.stage, tiers: RESTING.tiers });
    const cut = { ...desired, tiers: { premium: { rateRps: 500, burst: 9 }, basic: { rateRps: 5, burst: 5 } } };
    expect(silentFor(901, { fallback: 'lower', desired: cut }).desired.tiers).toEqual(cut.tiers);
  });
});

describe('windows that were not believed', () => {
  test.each([20, 500])('are named once each, %d seconds after the last that was', (seconds) => {
    const { reason } = silentFor(seconds, { rejected: ['too new', 'too odd', 'too new'] }).conclusion;
    expect(reason).toMatch(/ Not believed: too new; too odd\.$/);
  });

  test.each([
    [20, 's old.'],
    [500, 'no change.'],
  ])('are not spoken of where there was none, after %d seconds', (seconds, end) => {
    const { reason } = silentFor(seconds).conclusion;
    expect(reason.endsWith(end)).toBe(true);
  });
});

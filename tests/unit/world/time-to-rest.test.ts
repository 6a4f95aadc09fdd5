import { RestKeeper } from '../../../rehearsal/world/scoring/time-to-rest.ts';
import type { Limits } from '../../../shared/limits/limits.ts';

const limit = (rateRps: number, burst = rateRps) => ({ rateRps, burst });
const RESTING = { stage: limit(1000), tiers: { basic: limit(100) } };
const limits = (stageRps: number, planRps = 100, methods: Limits['stage'] = {}): Limits => ({
  stage: { '*/*': limit(stageRps), ...methods },
  tiers: { basic: limit(planRps) },
});

/** Seconds of 20 requests for one method, 10 of them first attempts; `refused` of those were refused. */
function secondsToRest(
  enforced: readonly Limits[],
  refused: readonly number[] = [],
  troubleEnd: number | undefined = 2,
) {
  const keeper = new RestKeeper(RESTING, troubleEnd);
  enforced.forEach((now, second) => {
    const counts = {
      askedByMethod: { '/data/GET': 20 },
      firstAttempts: 10,
      refusedWithinContract: refused[second] ?? 0,
    };
    const rest = { tiers: {}, latencyP90Ms: 1, endMs: 0, backlogSeconds: 0, capacityCups: 1, isViolation: false };
    keeper.see({ ...counts, ...rest, second }, now);
  });
  return keeper.secondsToRest();
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('the time to rest', () => {
  test('is none when nothing was braked as the trouble ended', () => {
    expect(secondsToRest([limits(10), limits(10), ...times(5, limits(1000))])).toBe(0);
  });

  test('runs until plans and stage are at their baselines for good', () => {
    expect(secondsToRest([...times(5, limits(10)), limits(1000, 50), ...times(4, limits(1000))])).toBe(4);
    expect(secondsToRest([...times(5, limits(1000)), limits(1000, 99), limits(1000), limits(2000)])).toBe(4);
  });

  test('has no end where a limit is still lowered', () => {
    expect(secondsToRest([...times(9, limits(1000)), limits(1000, 99)])).toBeNull();
    expect(secondsToRest(times(9, { ...limits(1000), tiers: {} }))).toBeNull();
    expect(secondsToRest(times(9, { ...limits(1000), tiers: { basic: limit(100, 99) } }))).toBeNull();
  });

  test('ends at a guard of 1.3 times what is asked, and not below', () => {
    expect(secondsToRest(times(9, limits(26)))).toBe(0);
    expect(secondsToRest(times(9, limits(25.9)))).toBeNull();
    expect(secondsToRest(times(9, limits(1000, 100, { '/data/GET': limit(25) })))).toBeNull();
    expect(secondsToRest(times(9, limits(1000, 100, { '/orders/POST': limit(1) })))).toBe(0);
  });

  test('waits until less than one first attempt in a thousand is refused from then on', () => {
    const refused = (...at: number[]) => times(302, 0).map((_, second) => (at.includes(second) ? 1 : 0));
    expect(secondsToRest(times(302, limits(26)), refused(50, 150))).toBe(0);
    expect(secondsToRest(times(302, limits(26)), refused(3, 5, 50, 150))).toBe(4);
  });

  test('does not exist where the trouble does not end', () => {
    expect(new RestKeeper(RESTING, undefined).secondsToRest()).toBeUndefined();
  });
});

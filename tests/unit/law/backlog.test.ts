import { carriedForward, drainShare, passedAt, updateStandings } from '../../../shared/law/next/backend/backlog.ts';
import type { LawInput } from '../../../shared/law/types.ts';

const QUEUE = { seconds: 1, atMs: 0, bias: 0 };

describe('the predicted backlog', () => {
  test('shrinks by what a command already given lets the backend catch up', () => {
    expect(carriedForward(QUEUE, 4000, 100, () => 80)).toBeCloseTo(0.2);
  });

  test('grows by what is let in beyond the capacity', () => {
    expect(carriedForward(QUEUE, 5000, 100, () => 120)).toBeCloseTo(2);
  });

  test('is never less than nothing', () => {
    expect(carriedForward(QUEUE, 60_000, 100, () => 0)).toBe(0);
  });

  test('grows on as fast as it did beyond the last prediction', () => {
    expect(carriedForward({ ...QUEUE, bias: 0.1 }, 10_000, 100, () => 100)).toBeCloseTo(2);
  });

  test('lets in less for as long as it is more than a trifle, and never next to nothing', () => {
    expect(drainShare(0)).toBe(1);
    expect(drainShare(2)).toBeLessThan(0.9);
    expect(drainShare(100)).toBeGreaterThanOrEqual(0.2);
  });
});

describe('what stood at a moment', () => {
  const input = (rateRps: number, now: number): LawInput<unknown> =>
    ({ live: { stage: { '*/*': { rateRps, burst: 20 } }, tiers: {} }, effective: { stageMs: now }, now }) as never;
  const first = updateStandings([], 100, input(100, 0));
  const second = updateStandings(first, 50, input(50, 100_000));

  test('is the limit before, until the new one may be in force', () => {
    const passed = (atMs: number) => passedAt(second, atMs, { '/data/GET': 200 }, () => 1);
    expect(passed(95_000)).toBe(100);
    expect(passed(97_000)).toBe(50);
  });

  test('is remembered once while nothing changes', () => {
    expect(updateStandings(second, 50, input(50, 110_000))).toBe(second);
  });
});

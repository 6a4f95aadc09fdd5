import { feelOf, updateBases } from '../../../shared/law/next/backend/latency.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { logWindow } from '../../support/builders/window-sketch.ts';

const policy = roundPolicy({ objective: { latencyMs: 500 } });
const BASES = { premium: { '/data/GET': 180 }, basic: { '/data/GET': 180 } };
const feel = (window: Window) => feelOf(window, BASES, policy);

describe('how the backend answers', () => {
  test('a queue delays everybody, and is overload', () => {
    const window = logWindow(0, {
      premium: { requests: 500, latencyMs: 1200 },
      basic: { requests: 300, latencyMs: 1200 },
    });
    expect(feel(window)).toMatchObject({ isOverloaded: true, isBusyThroughout: true });
    expect(feel(window)?.waitSeconds).toBeGreaterThan(0.6);
  });

  test("one tier's slow requests are named, and are no overload while others are in time", () => {
    const window = logWindow(0, {
      premium: { requests: 500, latencyMs: 200 },
      basic: { requests: 300, latencyMs: 1200 },
    });
    expect(feel(window)).toMatchObject({ isOverloaded: false, slowTier: 'basic', waitSeconds: 0 });
  });

  test('failures at once are neither load nor low latency', () => {
    const quick = logWindow(0, { premium: { requests: 400, serverErrors: 400, latencyMs: 20 } });
    const slow = logWindow(0, { premium: { requests: 100, latencyMs: 1200 } });
    const both = quick.cells.premium?.['/data/GET']?.latency.map((count, bucket) => {
      return count + (slow.cells.premium?.['/data/GET']?.latency[bucket] ?? 0);
    });
    const cell = { ...quick.cells.premium?.['/data/GET'], latency: both };
    const window = { ...quick, cells: { premium: { '/data/GET': cell } } } as Window;
    expect(feel(window)?.isBusyThroughout).toBe(true);
  });

  test('latency well within the objective is no overload, however quick the nights are', () => {
    const window = logWindow(0, { premium: { requests: 500, latencyMs: 200 } });
    expect(feelOf(window, { premium: { '/data/GET': 5 } }, policy)?.isOverloaded).toBe(false);
  });

  test('the unloaded latency falls soon, rises only where it may, and is adopted where a cut did not help', () => {
    const window = logWindow(0, { premium: { requests: 500, latencyMs: 400 } });
    expect(updateBases(BASES, window, 'fall')).toEqual(BASES);
    expect(updateBases(BASES, window, 'follow').premium?.['/data/GET']).toBeGreaterThan(180);
    expect(updateBases(BASES, window, 'adopt').premium?.['/data/GET']).toBeGreaterThan(300);
    const quick = logWindow(0, { premium: { requests: 500, latencyMs: 100 } });
    expect(updateBases(BASES, quick, 'fall').premium?.['/data/GET']).toBeLessThan(180);
  });

  test('quick monitors of one tier do not make the real work of another look slow', () => {
    const bases = { internal: { '/data/GET': 20 }, premium: { '/data/GET': 200 } };
    const window = logWindow(0, {
      internal: { requests: 40, latencyMs: 20 },
      premium: { requests: 400, latencyMs: 200 },
    });
    expect(feelOf(window, bases, policy)).toMatchObject({ isOverloaded: false, slowTier: undefined });
  });

  test('a tier that was never seen is judged by what is known of the method', () => {
    const window = logWindow(0, { gold: { requests: 500, latencyMs: 1200 } });
    expect(feel(window)).toMatchObject({ isOverloaded: true });
    expect(updateBases(BASES, window, 'fall').gold?.['/data/GET']).toBe(180);
  });

  test('late failures are work that was done for nobody', () => {
    const window = logWindow(0, { premium: { requests: 400, serverErrors: 300, latencyMs: 29_000 } });
    expect(feel(window)?.wastedShare).toBeCloseTo(0.75);
  });
});

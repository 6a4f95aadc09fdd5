import { gain, type TotalLaw } from './total-law.ts';

interface State {
  readonly leastMs: number;
  readonly windows: number;
}

/**
 * Netflix concurrency-limits, VegasLimit: queue = limit (1 - no-load latency / latency), in requests in flight; up while
 * it is small, down when it is large, by logarithms of the limit. The rate is the limit over the no-load latency. A
 * window is one sample; the no-load latency is learnt anew every `relearn` windows (30 limits' worth of samples there).
 */
export const vegas: TotalLaw<State> = {
  name: 'vegas',
  telemetry: { kind: 'windows', ageSeconds: 10 },
  published: { alpha: 3, beta: 6, steps: 1, relearn: 1000 },
  alternatives: {
    faster: { alpha: 3, beta: 6, steps: 3, relearn: 1000 },
    roomy: { alpha: 6, beta: 12, steps: 3, relearn: 1000 },
    tight: { alpha: 1.5, beta: 3, steps: 3, relearn: 1000 },
  },
  start: { leastMs: Number.POSITIVE_INFINITY, windows: 0 },
  decide(totalCups, reading, { leastMs, windows }, gains) {
    const rttMs = reading.meanMs;
    if (rttMs < leastMs || windows >= gain(gains, 'relearn')) {
      return { totalCups, state: { leastMs: rttMs, windows: 0 } };
    }
    const state = { leastMs, windows: windows + 1 };
    const limit = (totalCups * leastMs) / 1000;
    const log = Math.max(1, Math.log10(limit));
    const change = changeOf(Math.ceil(limit * (1 - leastMs / rttMs)), log, reading.errorShare > 0.1, gains);
    if (change > 0 && reading.admittedCups * 2 < totalCups) return { totalCups, state };
    return { totalCups: ((limit + change) * 1000) / leastMs, state };
  },
};

function changeOf(queue: number, log: number, isDrop: boolean, gains: Parameters<typeof gain>[0]): number {
  const steps = gain(gains, 'steps');
  if (isDrop) return -steps * log;
  if (queue <= log) return gain(gains, 'beta') * log;
  if (queue < gain(gains, 'alpha') * log) return steps * log;
  return queue > gain(gains, 'beta') * log ? -steps * log : 0;
}

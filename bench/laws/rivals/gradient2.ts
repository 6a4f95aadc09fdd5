import { gain, type TotalLaw } from './total-law.ts';

interface State {
  readonly longMs: number;
  readonly windows: number;
}

const WARM_UP = 10;

/**
 * Netflix concurrency-limits, Gradient2Limit: the limit follows the ratio of the long mean latency to the present one,
 * plus room for a queue. Its unit is requests in flight: `queue` of them are so many per second at the present latency.
 * A window is one sample; growth needs half of the limit in use.
 */
export const gradient2: TotalLaw<State> = {
  name: 'gradient2',
  telemetry: { kind: 'windows', ageSeconds: 10 },
  published: { tolerance: 1.5, queue: 4, smoothing: 0.2, longWindow: 600 },
  alternatives: {
    calm: { tolerance: 1.5, queue: 2, smoothing: 0.2, longWindow: 600 },
    strict: { tolerance: 1.2, queue: 2, smoothing: 0.3, longWindow: 600 },
    stricter: { tolerance: 1.1, queue: 2, smoothing: 0.3, longWindow: 600 },
  },
  start: { longMs: 0, windows: 0 },
  decide(totalCups, reading, { longMs, windows }, gains) {
    const shortMs = reading.meanMs;
    const samples = windows + 1;
    const part = samples <= WARM_UP ? 1 / samples : 2 / (gain(gains, 'longWindow') + 1);
    let long = longMs + (shortMs - longMs) * part;
    if (long / shortMs > 2) long *= 0.95;
    const state = { longMs: long, windows: samples };
    if (reading.admittedCups * 2 < totalCups) return { totalCups, state };
    const gradient = Math.max(0.5, Math.min(1, (gain(gains, 'tolerance') * long) / shortMs));
    const room = gain(gains, 'queue') / (shortMs / 1000);
    const smoothing = gain(gains, 'smoothing');
    return { totalCups: totalCups * (1 - smoothing) + smoothing * (totalCups * gradient + room), state };
  },
};

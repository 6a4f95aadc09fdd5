import { gain, type TotalLaw } from './total-law.ts';

interface State {
  readonly rejected: number;
  readonly integral: number;
  readonly leastMs: number;
}

/**
 * Uber's Cinnamon: the share to reject follows P = (in - (out + free)) / out, `free` being requests in flight below
 * their limit; the aim is a queue near nothing without idle slots. The open re-implementation (abanuelo/cinnamon-go)
 * rejects P itself every 10 s; with `ki` it becomes the proportional-integral controller of Uber's description. The
 * limit of requests in flight is `room` times what the completions need at the least latency seen.
 */
export const cinnamon: TotalLaw<State> = {
  name: 'cinnamon-pid',
  telemetry: { kind: 'windows', ageSeconds: 10 },
  published: { kp: 1, ki: 0, room: 1.5 },
  alternatives: {
    integral: { kp: 0.3, ki: 0.15, room: 1.5 },
    gentle: { kp: 0.2, ki: 0.05, room: 1.3 },
    narrow: { kp: 1, ki: 0, room: 1.25 },
  },
  start: { rejected: 0, integral: 0, leastMs: Number.POSITIVE_INFINITY },
  decide(_, reading, state, gains, bounds) {
    const leastMs = Math.min(state.leastMs, reading.meanMs);
    const out = Math.max(1, reading.completedCups);
    const inFlight = (reading.admittedCups * reading.meanMs) / 1000;
    const limit = (gain(gains, 'room') * out * leastMs) / 1000;
    // Rates of a second: what is in flight beyond its limit would have to go within one.
    const error = (reading.admittedCups - (out + (limit - inFlight))) / out;
    const integral = Math.max(0, Math.min(1, state.integral + gain(gains, 'ki') * error));
    const rejected = Math.max(0, Math.min(0.95, gain(gains, 'kp') * error + integral));
    const offered = Math.max(reading.offeredCups, bounds.leastCups);
    const totalCups = rejected === 0 ? bounds.mostCups : offered * (1 - rejected);
    return { totalCups, state: { rejected, integral, leastMs } };
  },
};

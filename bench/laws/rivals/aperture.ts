import { gain, type TotalLaw } from './total-law.ts';

interface State {
  readonly longMs: number;
  readonly windows: number;
  readonly integral: number;
  readonly offered: readonly number[];
}

/**
 * FluxNinja Aperture, AIMD load scheduler with its latency baseliner: overloaded when latency exceeds `tolerance` times
 * its slow mean; then what is admitted of what is offered shrinks by (setpoint / latency), at least to a tenth. Else the
 * multiplier seen plus an integral that grows by `increment` every 10 s; at `pass` nothing is limited. The fill rate is
 * that multiplier times what was offered over 30 s.
 */
export const aperture: TotalLaw<State> = {
  name: 'aperture-aimd',
  telemetry: { kind: 'windows', ageSeconds: 10 },
  published: { tolerance: 1.1, increment: 0.025, pass: 2, longWindows: 150 },
  alternatives: {
    tolerant: { tolerance: 1.5, increment: 0.025, pass: 2, longWindows: 150 },
    slower: { tolerance: 1.5, increment: 0.005, pass: 2, longWindows: 150 },
    strict: { tolerance: 1.1, increment: 0.01, pass: 2, longWindows: 150 },
  },
  start: { longMs: 0, windows: 0, integral: 0, offered: [] },
  decide(_, reading, state, gains, bounds) {
    const windows = state.windows + 1;
    const part = 2 / (Math.min(windows, gain(gains, 'longWindows')) + 1);
    const setpoint = gain(gains, 'tolerance') * (state.longMs || reading.meanMs);
    const longMs =
      state.longMs + (Math.min(reading.meanMs, 2 * (state.longMs || reading.meanMs)) - state.longMs) * part;
    const offered = [...state.offered, reading.offeredCups].slice(-3);
    const meanOffered = offered.reduce((sum, value) => sum + value, 0) / offered.length;
    const seen = Math.min(1, reading.admittedCups / Math.max(1, reading.offeredCups));
    const isOver = reading.meanMs > setpoint;
    const integral = isOver ? 0 : state.integral + gain(gains, 'increment');
    const multiplier = isOver ? seen * Math.max(0.1, Math.min(1, setpoint / reading.meanMs)) : seen + integral;
    const totalCups = multiplier >= gain(gains, 'pass') ? bounds.mostCups : meanOffered * multiplier;
    return { totalCups, state: { longMs, windows, integral, offered } };
  },
};

import { gain, type TotalLaw } from './total-law.ts';

interface State {
  readonly waits: number;
}

/**
 * Netflix concurrency-limits, AIMDLimit: on a drop or a timeout the limit times `backoff`, else plus a step while at
 * least half of it is used. A window late or failed beyond the objective is the drop; the step of 1 on an initial 20 is
 * a share of the initial rate. `every` acts on each so-manieth window only: one action per round of feedback.
 */
export const aimd: TotalLaw<State> = {
  name: 'aimd',
  telemetry: { kind: 'windows', ageSeconds: 10 },
  published: { backoff: 0.9, stepShare: 0.05, every: 1 },
  alternatives: {
    gentle: { backoff: 0.9, stepShare: 0.01, every: 1 },
    rounds: { backoff: 0.8, stepShare: 0.02, every: 3 },
    patient: { backoff: 0.8, stepShare: 0.01, every: 3 },
  },
  start: { waits: 0 },
  decide(totalCups, reading, state, gains, { startCups, boundMs }) {
    if (state.waits > 1) return { totalCups, state: { waits: state.waits - 1 } };
    const acted = { waits: gain(gains, 'every') };
    const isDrop = reading.percentileMs(90) > boundMs || reading.errorShare > 0.1;
    if (isDrop) return { totalCups: totalCups * gain(gains, 'backoff'), state: acted };
    if (reading.admittedCups * 2 < totalCups) return { totalCups, state };
    return { totalCups: totalCups + gain(gains, 'stepShare') * startCups, state: acted };
  },
};

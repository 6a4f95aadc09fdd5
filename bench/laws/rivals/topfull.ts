import { gain, type TotalLaw } from './total-law.ts';

/**
 * TopFull's rule baseline (kaist-ina/TopFull, deploy_mimd.py): 95th percentile above the bound: -5 %, else +1 %, and no
 * limit above 1.1 times what is offered. There every second or two on fresh figures, here per window; the bound is the
 * objective's (1 s there).
 */
export const topfull: TotalLaw<null> = {
  name: 'topfull',
  telemetry: { kind: 'windows', ageSeconds: 10 },
  published: { cut: 0.05, raise: 0.01, boundShare: 1 },
  alternatives: {
    faster: { cut: 0.15, raise: 0.02, boundShare: 1 },
    earlier: { cut: 0.1, raise: 0.01, boundShare: 0.8 },
    slower: { cut: 0.05, raise: 0.005, boundShare: 0.8 },
  },
  start: null,
  decide(totalCups, reading, state, gains, { boundMs }) {
    const isSlow = reading.percentileMs(95) > gain(gains, 'boundShare') * boundMs || reading.errorShare > 0.1;
    const factor = isSlow ? 1 - gain(gains, 'cut') : 1 + gain(gains, 'raise');
    const raised = Math.min(totalCups * factor, Math.max(totalCups, 1.1 * reading.offeredCups));
    return { totalCups: isSlow ? totalCups * factor : raised, state };
  },
};

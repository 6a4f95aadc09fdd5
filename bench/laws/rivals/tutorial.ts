import { gain, type TotalLaw } from './total-law.ts';

/**
 * What tutorials on adaptive throttling do with CloudWatch: latency high: -20 %, else +10 %, once a minute. They look at
 * p99; minute metrics as collected here carry p90, which is kinder to it.
 */
export const tutorial: TotalLaw<null> = {
  name: 'tutorial',
  telemetry: { kind: 'minutes' },
  published: { cut: 0.2, raise: 0.1, boundShare: 1 },
  alternatives: {
    earlier: { cut: 0.2, raise: 0.05, boundShare: 0.8 },
    slower: { cut: 0.3, raise: 0.03, boundShare: 1 },
  },
  start: null,
  decide(totalCups, reading, state, gains, { boundMs }) {
    const isSlow = reading.percentileMs(90) > gain(gains, 'boundShare') * boundMs;
    return { totalCups: totalCups * (isSlow ? 1 - gain(gains, 'cut') : 1 + gain(gains, 'raise')), state };
  },
};

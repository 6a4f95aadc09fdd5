import { during } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest, plateau } from './family.ts';

/** Below the tenth that makes a second a violation, above the twentieth that the policy calls trouble. */
const FAILURE_SHARE = 0.065;

export const fastErrors = family(
  'fast-errors',
  'A bad release fails about 6.5 % of requests at once, whatever the load, on a busy day that the backend can just bear.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(600);
    const level = jitter.level(1.33, 0.02);
    return {
      durationSeconds: 1260,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      lingersSeconds: 60,
      groups: honest(jitter, plateau(level, onset, end, 60), 0.02),
      backend: {
        ...backend(jitter, undefined, 0.02),
        fastFailureShare: during(jitter.level(FAILURE_SHARE, 0.08), onset, end),
      },
    };
  },
);

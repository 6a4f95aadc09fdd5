import { during } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest } from './family.ts';

export const errorOutage = family(
  'error-outage',
  'For five minutes nine requests in ten fail at once with 500, whatever the load; then all is as before.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(300);
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: honest(jitter),
      backend: { ...backend(jitter), fastFailureShare: during(jitter.level(0.9, 0.05), onset, end) },
    };
  },
  { isUnavoidable: true },
);

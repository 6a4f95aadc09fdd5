import { ramp } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest } from './family.ts';

export const slowLeak = family(
  'slow-leak',
  'The backend loses half of its capacity bit by bit over seventeen minutes; a restart brings all of it back at once.',
  (jitter) => {
    const onset = jitter.second(120);
    const end = onset + jitter.second(1020, 60);
    const leak = ramp(1, jitter.level(0.45), onset, end);
    return {
      durationSeconds: 1500,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: honest(jitter),
      backend: backend(jitter, (seconds) => (seconds < end ? leak(seconds) : 1)),
    };
  },
);

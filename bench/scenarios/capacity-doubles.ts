import { step } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest, plateau } from './family.ts';

export const capacityDoubles = family(
  'capacity-doubles',
  'Demand grows to twice what half a backend bears; then the other half joins, and nearly all of it could be served.',
  (jitter) => {
    const onset = jitter.second(140);
    const joins = onset + jitter.second(420);
    const end = 1320;
    const rest = jitter.level(0.55, 0.05);
    const level = jitter.level(1.5, 0.08);
    const course = plateau(level / rest, onset, end, 30);
    return {
      durationSeconds: 1500,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      lingersSeconds: 30,
      groups: honest(jitter, (seconds) => rest * course(seconds), 0.05),
      backend: backend(jitter, step(0.5, 1, joins)),
    };
  },
);

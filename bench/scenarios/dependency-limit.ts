import { constant } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest, plateau } from './family.ts';

export const dependencyLimit = family(
  'dependency-limit',
  'Demand grows; a service behind the backend bears two thirds of what the backend does and fails the rest at once with 500.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(600);
    const level = jitter.level(1.6, 0.1);
    return {
      durationSeconds: 1380,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      lingersSeconds: 60,
      groups: honest(jitter, plateau(level, onset, end, 60)),
      backend: { ...backend(jitter, constant(1.5)), dependencyCups: constant(jitter.level(2200, 0.05)) },
    };
  },
);

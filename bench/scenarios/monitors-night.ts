import { constant, step } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest } from './family.ts';

const LENGTH = 1800;

export const monitorsNight = family(
  'monitors-night',
  'At night only monitors call, quickly; then the day begins with real work, slower, steady and well within the objective.',
  (jitter) => {
    const morning = jitter.second(600, 60);
    const monitors = crowd('monitors', 'internal', 5, constant(jitter.level(40)), {
      honest: true,
      mix: [1, 0],
      slowness: 0.1,
    });
    return {
      durationSeconds: LENGTH,
      onsetSeconds: morning,
      surgeEndSeconds: LENGTH,
      groups: [...honest(jitter, step(0.02, 0.9, morning)), monitors],
      backend: backend(jitter),
    };
  },
);

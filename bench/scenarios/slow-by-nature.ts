import { constant, step } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest } from './family.ts';

const LENGTH = 1500;

export const slowByNature = family(
  'slow-by-nature',
  'A release makes every request take longer than the objective allows, whatever the load: no limit helps, none should move.',
  (jitter) => {
    const onset = jitter.second(140);
    return {
      durationSeconds: LENGTH,
      onsetSeconds: onset,
      surgeEndSeconds: LENGTH,
      groups: honest(jitter, constant(0.7)),
      backend: { ...backend(jitter), slowness: step(1, jitter.level(3.2, 0.05), onset) },
    };
  },
  { isUnavoidable: true },
);

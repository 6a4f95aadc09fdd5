import { diurnal } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest } from './family.ts';

export const capacityWave = family(
  'capacity-wave',
  'A noisy neighbour: the capacity swings smoothly between all of it and about half, three times.',
  (jitter) => {
    const onset = jitter.second(120);
    const period = jitter.second(360, 40);
    const end = onset + 3 * period;
    const wave = diurnal(1, jitter.level(0.5), period);
    return {
      durationSeconds: 1620,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: honest(jitter),
      backend: backend(jitter, (seconds) => (seconds >= onset && seconds < end ? wave(seconds - onset) : 1)),
    };
  },
);

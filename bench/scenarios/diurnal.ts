import { diurnal as wave } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest, usualInTheMean } from './family.ts';

const LENGTH = 1800;

export const diurnal = family(
  'diurnal',
  'A day in half an hour: demand swings between half and about twice its level at rest, its peak well above the capacity.',
  (jitter) => {
    const [low, high] = [jitter.level(0.5), jitter.level(2)];
    const day = wave(low, high, LENGTH);
    return {
      durationSeconds: LENGTH,
      onsetSeconds: Math.round(0.32 * LENGTH),
      surgeEndSeconds: Math.round(0.68 * LENGTH),
      // After the day the night lasts.
      groups: usualInTheMean(
        honest(jitter, (seconds) => day(Math.min(LENGTH, seconds))),
        LENGTH,
      ),
      backend: backend(jitter),
    };
  },
);

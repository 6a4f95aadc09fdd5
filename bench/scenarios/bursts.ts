import { bursts as waves } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest, TRIES_TWICE } from './family.ts';

export const bursts = family(
  'bursts',
  'Ten standard keys send about 1,500 rps for a minute, pause for a hundred seconds, and begin again, six times.',
  (jitter) => {
    const onset = jitter.second(140);
    const [on, off] = [jitter.second(60, 15), jitter.second(100)];
    const end = onset + 6 * (on + off) - off;
    const wave = waves(0, jitter.level(1500), on, off);
    const demand = (seconds: number) => (seconds >= onset && seconds < end ? wave(seconds - onset) : 0);
    return {
      durationSeconds: 1500,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: [...honest(jitter), crowd('batch-standard', 'standard', 10, demand, { behaviour: TRIES_TWICE })],
      backend: backend(jitter),
    };
  },
);

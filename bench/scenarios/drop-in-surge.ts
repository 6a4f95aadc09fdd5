import { flashCrowd } from '../../rehearsal/world/traffic/rate.ts';
import { backend, crowd, family, honest, plateau, TRIES_TWICE } from './family.ts';

export const dropInSurge = family(
  'drop-in-surge',
  'Forty standard keys join and stay; under that load the backend loses about two fifths of its capacity for four minutes.',
  (jitter) => {
    const onset = jitter.second(140);
    const [riseSeconds, holdSeconds] = [jitter.second(60), jitter.second(720)];
    const peak = jitter.level(1400);
    const demand = flashCrowd({ base: 0, peak, startSeconds: onset, riseSeconds, holdSeconds, decaySeconds: 40 });
    const drops = onset + jitter.second(260);
    const comesBack = drops + jitter.second(240);
    const left = jitter.level(0.6);
    return {
      durationSeconds: 1440,
      onsetSeconds: onset,
      surgeEndSeconds: onset + riseSeconds + holdSeconds,
      lingersSeconds: 120,
      groups: [...honest(jitter), crowd('crowd-standard', 'standard', 40, demand, { behaviour: TRIES_TWICE })],
      backend: backend(jitter, plateau(left, drops, comesBack)),
    };
  },
);

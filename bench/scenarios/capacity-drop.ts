import { backend, family, honest, plateau } from './family.ts';

export const capacityDrop = family(
  'capacity-drop',
  'The backend falls to about 40 % of its capacity for ten minutes and comes back at once; demand does not change.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(600);
    const left = jitter.level(0.4);
    return {
      durationSeconds: 1440,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: honest(jitter),
      backend: backend(jitter, plateau(left, onset, end)),
    };
  },
);

import { backend, family, honest, plateau } from './family.ts';

export const halfAndSlower = family(
  'half-and-slower',
  'Half of the servers are lost for ten minutes, and the rest take two fifths longer for every request, whatever the load.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(600);
    const left = jitter.level(0.5, 0.1);
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: honest(jitter),
      backend: {
        ...backend(jitter, plateau(left, onset, end)),
        kneeGrowth: 0.2,
        slowness: plateau(jitter.level(1.4, 0.05), onset, end),
      },
    };
  },
);

import { backend, family, honest, plateau } from './family.ts';

export const cached = family(
  'cached',
  "The gateway's cache answers nine requests in ten; demand grows by a third, and the backend hardly feels it: nothing should move.",
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(600);
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      lingersSeconds: 60,
      groups: honest(jitter, plateau(jitter.level(1.3, 0.05), onset, end, 60)),
      backend: { ...backend(jitter), cachedShare: jitter.level(0.9, 0.02) },
    };
  },
);

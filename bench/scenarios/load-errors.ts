import { backend, family, honest, plateau } from './family.ts';

export const loadErrors = family(
  'load-errors',
  'Demand grows to more than the backend bears, which stays fast but fails the more requests the more work it is given.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(660);
    const level = jitter.level(1.7, 0.1);
    return {
      durationSeconds: 1380,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      lingersSeconds: 60,
      groups: honest(jitter, plateau(level, onset, end, 60)),
      backend: {
        ...backend(jitter),
        roomShare: 0.5,
        loadFailure: { fromUtilisation: 1.01, sharePerUtilisation: jitter.level(4) },
      },
    };
  },
);

import { backend, family, honest, plateau } from './family.ts';

export const hang = family(
  'hang',
  'The backend takes requests and answers none for a minute, each ends as a 504 after 29 s; then it is as well as before.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + 60;
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      groups: honest(jitter),
      backend: { ...backend(jitter, plateau(0.000001, onset, end)), queueSeconds: 1e9, collapsePerQueuedSecond: 0 },
    };
  },
  { isUnavoidable: true },
);

import { backend, family, honest, plateau } from './family.ts';

export const hardKnee = family(
  'hard-knee',
  'Demand grows to more than the backend bears, which shows nothing before its knee and no queue after it: all get slow at once.',
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
        roomShare: 0.25,
        kneeFrom: 1.01,
        kneeTo: 1.07,
        kneeGrowth: jitter.level(5),
        queueSeconds: 0.2,
      },
    };
  },
);

import { backend, family, honest, plateau } from './family.ts';

export const ramp = family(
  'ramp',
  'Every tier grows to about twice its demand in seven minutes, stays for six, and shrinks again as slowly.',
  (jitter) => {
    const onset = jitter.second(120);
    const slope = jitter.second(420, 60);
    const end = onset + slope + jitter.second(360, 60);
    const level = jitter.level(2.1);
    return {
      durationSeconds: 1620,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      lingersSeconds: slope,
      groups: honest(jitter, plateau(level, onset, end, slope)),
      backend: backend(jitter),
    };
  },
);

import { backend, family, honest, plateau } from './family.ts';

/** A backend with much room. */
const REST = 0.55;

export const honestDoubling = family(
  'honest-doubling',
  'Everybody asks for twice as much within a minute, and stays; the backend has room for all of it.',
  (jitter) => {
    const onset = jitter.second(140);
    const end = onset + jitter.second(720);
    const course = plateau(jitter.level(2, 0.05), onset, end, jitter.second(50, 10));
    return {
      durationSeconds: end + 1200,
      onsetSeconds: onset,
      surgeEndSeconds: end,
      lingersSeconds: 60,
      groups: honest(jitter, (seconds) => REST * course(seconds), 0.05),
      backend: backend(jitter),
    };
  },
);

import { backend, family, honest } from './family.ts';

const LENGTH = 20 * 60;

export const quiet = family(
  'quiet',
  'Honest clients only, well within the capacity: nothing should move.',
  (jitter) => ({
    durationSeconds: LENGTH,
    onsetSeconds: 0,
    surgeEndSeconds: LENGTH,
    groups: honest(jitter),
    backend: backend(jitter),
  }),
);

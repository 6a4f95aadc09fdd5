import { constant } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest } from './family.ts';

const LENGTH = 1200;

export const quiet = family(
  'quiet',
  'Honest clients only, well within the capacity: nothing should move.',
  (jitter) => ({
    durationSeconds: LENGTH,
    onsetSeconds: 0,
    surgeEndSeconds: LENGTH,
    groups: honest(jitter, constant(0.95)),
    backend: backend(jitter),
  }),
);

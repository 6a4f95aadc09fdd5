import { diurnal } from '../../rehearsal/world/traffic/rate.ts';
import { backend, family, honest } from './family.ts';

/** Half an hour stands for a day. */
export const CALM_SECONDS = 1800;

/** What went before every story, and no story itself: laws that learn have seen it. */
export const calmDay = family(
  'calm-day',
  'The honest clients alone, on an ordinary day: a little less at night than at noon, and room for all.',
  (jitter) => ({
    durationSeconds: CALM_SECONDS,
    onsetSeconds: 0,
    surgeEndSeconds: CALM_SECONDS,
    groups: honest(jitter, diurnal(0.85, 1.1, CALM_SECONDS)),
    backend: backend(jitter),
  }),
);

import * as z from 'zod';
import { tunable } from './tunable.ts';

/** Defaults for what an override document leaves out: docs/operations.md, "The four brakes". */
export const brakesSchema = z.strictObject({
  emergencyFloorShare: tunable(
    0.05,
    0.001,
    1,
    'Share of the deployed stage rate that every method keeps under a kill override. Larger: more honest requests survive a kill. Smaller: a kill comes closer to a full stop.',
  ),
  nagAfterSeconds: tunable(
    3600,
    60,
    604_800,
    'Time in seconds that a pause, pin or kill override may be in force before an alarm reminds the operators of it. Larger: a forgotten override is noticed later. Smaller: the alarm rings during an ordinary incident.',
  ),
});

/** When a new version of the policy is rolled back: docs/operations.md, "A policy was rolled back". */
export const rollbackSchema = z.strictObject({
  bakeSeconds: tunable(
    600,
    0,
    86_400,
    'Time in seconds after a new policy version arrives in which it can be rolled back automatically; 0 disables the rollback. Larger: slow harm is caught too, and a version is more often blamed for an unrelated incident. Smaller: only harm that shows at once causes a rollback.',
  ),
  heldSeconds: tunable(
    600,
    60,
    3600,
    'Time in seconds before a new policy version arrives during which the objective must have been met for a rollback to be possible. Larger: versions are rolled back only after a long calm. Smaller: a change that an operator makes during an incident may be rolled back.',
  ),
  violatedSeconds: tunable(
    30,
    10,
    600,
    'Time in seconds for which the objective must be violated without interruption before a new policy version is rolled back. Larger: a rollback is slower and more certain. Smaller: one bad window is enough for a rollback.',
  ),
});

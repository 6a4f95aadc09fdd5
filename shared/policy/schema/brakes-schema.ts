import * as z from 'zod';
import { tunable } from './tunable.ts';

/** What an override parameter does not say itself: docs/operations.md, "The four brakes". */
export const brakesSchema = z.strictObject({
  emergencyFloorShare: tunable(
    0.05,
    0.001,
    1,
    'What kill leaves, per method, of the deployed stage rate. Larger: more honest requests survive a kill. Smaller: closer to a full stop.',
  ),
  nagAfterSeconds: tunable(
    3600,
    60,
    604_800,
    'A pause, pin or kill in force for longer than this rings. Larger: may be forgotten. Smaller: rings during an ordinary incident.',
  ),
});

/** When a new version of the policy is taken back: docs/operations.md, "A policy was rolled back". */
export const rollbackSchema = z.strictObject({
  bakeSeconds: tunable(
    600,
    0,
    86_400,
    'Time after its arrival in which a new version can be taken back; 0: never. Larger: slow harm is caught, and more that is not its doing. Smaller: the reverse.',
  ),
  heldSeconds: tunable(
    600,
    60,
    3600,
    'Time before the arrival in which the objective must have held. Larger: rolls back only out of a long calm. Smaller: may fight an operator in an incident.',
  ),
  violatedSeconds: tunable(
    30,
    10,
    600,
    'The objective counts as violated when it was so for this long in a row. Larger: slower, surer. Smaller: one bad window takes a policy back.',
  ),
});

import type { Observation } from '../../../shared/steering/observation.ts';
import type { Steering } from '../../../shared/steering/steering.ts';

/** What a tick has read, and what it has decided. */
export interface Decided {
  readonly observation: Observation;
  readonly steering: Steering;
}

import type { ApiStage } from '../../platform/api-stage.ts';

/** The right to decide for one API. Every holder has a larger fencing number than all before it. */
export interface Lease {
  readonly api: ApiStage;
  readonly fence: number;
  /** The number of the look under this lease; absent for the first look, then from 2. */
  readonly look?: number;
}

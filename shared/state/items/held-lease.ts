import type { ApiStage } from '../../platform/api-stage.ts';

/** The right to decide for one API. Every holder has a larger fencing number than all before it. */
export interface Lease {
  readonly api: ApiStage;
  readonly fence: number;
  /** Which look under this lease it is, from 2 on. */
  readonly look?: number;
}

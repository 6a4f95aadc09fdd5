import type { Scores } from '../../local/world/scores.ts';
import type { SecondSnapshot } from '../../local/world/snapshot.ts';
import type { Limits } from '../../shared/platform/units.ts';

/** One run: a law in a scenario, drawn by a seed. */
export interface Job {
  readonly law: string;
  readonly scenario: string;
  readonly seed: number;
  /** Print every conclusion, and every tenth second. */
  readonly trace: boolean;
  /** Keep every second, to draw it. */
  readonly keepSeconds: boolean;
}

export interface Second extends SecondSnapshot {
  readonly enforced: Limits;
}

/** What a run came to: docs/scores.md. */
export interface RunResult extends Scores {
  readonly law: string;
  readonly scenario: string;
  readonly seed: number;
  readonly limitChanges: number;
  readonly changesPerHalfHour: number;
  readonly reversalsPerHour: number;
  readonly rejectedWrites: number;
  readonly restored: boolean;
  readonly seconds?: readonly Second[];
}

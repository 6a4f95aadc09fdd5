import type { Scores } from '../../rehearsal/world/scores.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import type { CostUnitsPerSecond } from '../../shared/platform/units.ts';
import type { OtherNumbers } from '../laws/other-numbers.ts';
import type { CostFlow } from '../loop/cost-meter.ts';

/** One run: a law in a scenario, drawn by a seed. */
export interface Job {
  readonly law: string;
  readonly scenario: string;
  readonly seed: number;
  /** Share of the brief's figures. */
  readonly size: number;
  /** Print every conclusion, and every tenth second. */
  readonly trace: boolean;
  /** Keep every second, to draw it. */
  readonly keepSeconds: boolean;
  /** What replaces numbers of the next law. Runs that have it, even if empty, are kept for later. */
  readonly numbers?: OtherNumbers;
}

/** One second of a run, to be drawn. */
export interface Second extends CostFlow {
  readonly capacityCups: CostUnitsPerSecond;
  readonly latencyP90Ms: number | undefined;
  readonly enforced: Limits;
}

/** The scores of a run: docs/scores.md. */
export interface RunResult extends Scores {
  readonly law: string;
  readonly scenario: string;
  readonly seed: number;
  readonly size: number;
  /** null: never; absent where the story's trouble does not end. */
  readonly secondsToRest?: number | null;
  readonly limitChanges: number;
  readonly changesPerHalfHour: number;
  readonly reversalsPerHour: number;
  readonly rejectedWrites: number;
  readonly restored: boolean;
  readonly seconds?: readonly Second[];
}

import type { Scenario } from '../../rehearsal/world/scenario.ts';
import type { Baseline } from '../../shared/law/types.ts';

/** Disturbances of telemetry windows. All times are seconds since the scenario's start; `from` inclusive, `to` exclusive. */
export interface TelemetryTrouble {
  /** Windows that begin within the period are lost, each with the probability `share` (1: all). */
  readonly lost: readonly { readonly from: number; readonly to: number; readonly share: number }[];
  /** Windows that end within the period arrive this much later. */
  readonly late: readonly { readonly from: number; readonly to: number; readonly extraSeconds: number }[];
}

/** One scenario with all its parameters drawn, already scaled. */
export interface Drawn {
  readonly scenario: Scenario;
  readonly trouble: TelemetryTrouble;
  readonly baseline: Baseline;
}

/** A family of scenarios: the same story, its figures drawn by seed from the ranges written in its file. */
export interface BenchScenario {
  readonly name: string;
  readonly title: string;
  /** No limit can shorten its failures (a hang, fast errors, slow by nature): its violations are reported, not aimed at. */
  readonly isUnavoidable?: boolean;
  /** A law that learns begins without a calm day behind it. */
  readonly hasNoHistory?: boolean;
  /** @param size share of the brief's figures, > 0 */
  draw(seed: number, size: number): Drawn;
}

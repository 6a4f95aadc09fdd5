import type { Scenario } from '../../rehearsal/world/scenario.ts';
import type { Baseline } from '../../shared/control/types.ts';
import { basicCrowd } from './basic-crowd.ts';
import { briefBasic } from './brief-basic.ts';
import { briefPremium } from './brief-premium.ts';
import { bursts } from './bursts.ts';
import { capacityDoubles } from './capacity-doubles.ts';
import { capacityDrop } from './capacity-drop.ts';
import { capacityWave } from './capacity-wave.ts';
import { collapse } from './collapse.ts';
import { containedAbuser } from './contained-abuser.ts';
import { diurnal } from './diurnal.ts';
import { dropInSurge } from './drop-in-surge.ts';
import { fastErrors } from './fast-errors.ts';
import { flashCrowd } from './flash-crowd.ts';
import { hardKnee } from './hard-knee.ts';
import { internalSurge } from './internal-surge.ts';
import { loadErrors } from './load-errors.ts';
import { methodMix } from './method-mix.ts';
import { premiumOverCeiling } from './premium-over-ceiling.ts';
import { quiet } from './quiet.ts';
import { ramp } from './ramp.ts';
import { DATA_VARIABLE, recordedDays } from './recorded-days.ts';
import { slowLeak } from './slow-leak.ts';
import { telemetryLate } from './telemetry-late.ts';
import { telemetryMissing } from './telemetry-missing.ts';

export { SIZE } from './size.ts';

/** What happens to telemetry windows. All times are seconds since the scenario's start; `from` inclusive, `to` exclusive. */
export interface TelemetryTrouble {
  /** Windows that begin within are lost, each with the probability `share` (1: all of them). */
  readonly lost: readonly { readonly from: number; readonly to: number; readonly share: number }[];
  /** Windows that end within arrive so much later. */
  readonly late: readonly { readonly from: number; readonly to: number; readonly extraSeconds: number }[];
}

/** One scenario with all its parameters drawn, already scaled by SIZE. */
export interface Drawn {
  readonly scenario: Scenario;
  readonly trouble: TelemetryTrouble;
  readonly baseline: Baseline;
}

/** A family of scenarios: the same story, its figures drawn by seed from the ranges written in its file. */
export interface BenchScenario {
  readonly name: string;
  readonly title: string;
  draw(seed: number): Drawn;
}

const RECORDED = recordedDays(process.env[DATA_VARIABLE]);

export const BENCH_SCENARIOS: readonly BenchScenario[] = [
  briefPremium,
  briefBasic,
  basicCrowd,
  premiumOverCeiling,
  internalSurge,
  methodMix,
  ramp,
  diurnal,
  flashCrowd,
  bursts,
  capacityDrop,
  slowLeak,
  capacityWave,
  capacityDoubles,
  dropInSurge,
  collapse,
  hardKnee,
  loadErrors,
  fastErrors,
  telemetryMissing,
  telemetryLate,
  quiet,
  containedAbuser,
  ...RECORDED.scenarios,
];

/** A word for every scenario that cannot be played here; empty when all can. */
export const LEFT_OUT: readonly string[] = RECORDED.leftOut;

/** The law and its rivals are tuned on the first; what is reported comes from the second. */
export const TUNING_SEEDS: readonly number[] = [1, 2, 3];
export const REPORTING_SEEDS: readonly number[] = [11, 12, 13];

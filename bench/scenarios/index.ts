import { basicCrowd } from './basic-crowd.ts';
import type { BenchScenario } from './bench-scenario.ts';
import { blackout } from './blackout.ts';
import { briefBasic } from './brief-basic.ts';
import { briefCollapse } from './brief-collapse.ts';
import { briefPremium } from './brief-premium.ts';
import { briefUnknown } from './brief-unknown.ts';
import { bursts } from './bursts.ts';
import { cached } from './cached.ts';
import { capacityDoubles } from './capacity-doubles.ts';
import { capacityDrop } from './capacity-drop.ts';
import { capacityWave } from './capacity-wave.ts';
import { collapse } from './collapse.ts';
import { containedAbuser } from './contained-abuser.ts';
import { costlyMethod } from './costly-method.ts';
import { dependencyLimit } from './dependency-limit.ts';
import { diurnal } from './diurnal.ts';
import { dropInSurge } from './drop-in-surge.ts';
import { errorOutage } from './error-outage.ts';
import { fastErrors } from './fast-errors.ts';
import { flashCrowd } from './flash-crowd.ts';
import { halfAndSlower } from './half-and-slower.ts';
import { hang } from './hang.ts';
import { hardKnee } from './hard-knee.ts';
import { honestDoubling } from './honest-doubling.ts';
import { internalSurge } from './internal-surge.ts';
import { loadErrors } from './load-errors.ts';
import { methodMix } from './method-mix.ts';
import { monitorsNight } from './monitors-night.ts';
import { onOff } from './on-off.ts';
import { premiumOverCeiling } from './premium-over-ceiling.ts';
import { quiet } from './quiet.ts';
import { ramp } from './ramp.ts';
import { DATA_VARIABLE, recordedDays } from './recorded-days.ts';
import { scalesOut } from './scales-out.ts';
import { slowByNature } from './slow-by-nature.ts';
import { slowLeak } from './slow-leak.ts';
import { slowPoison } from './slow-poison.ts';
import { slowTenant } from './slow-tenant.ts';
import { telemetryLate } from './telemetry-late.ts';
import { telemetryMissing } from './telemetry-missing.ts';

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
  hang,
  slowTenant,
  dependencyLimit,
  errorOutage,
  halfAndSlower,
  briefCollapse,
  monitorsNight,
  cached,
  costlyMethod,
  slowByNature,
  honestDoubling,
  scalesOut,
  onOff,
  blackout,
  slowPoison,
  briefUnknown,
  ...RECORDED.scenarios,
];

/** A note for every scenario that cannot be played here; empty if all can. */
export const LEFT_OUT: readonly string[] = RECORDED.leftOut;

/** The law and its rivals are tuned on the first; what is reported comes from the second. */
export const TUNING_SEEDS: readonly number[] = [1, 2, 3];
export const REPORTING_SEEDS: readonly number[] = [11, 12, 13];

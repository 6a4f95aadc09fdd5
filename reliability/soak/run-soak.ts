import { FaultInjector, knownOperations, parseFault } from '@tidegate/embedded-aws/faults';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import { inspectGateway } from '../../rehearsal/run/inspection.ts';
import { scaledPolicy } from '../../rehearsal/run/rehearsal-policy.ts';
import { type RehearsalSecond, runRehearsal } from '../../rehearsal/run/run-rehearsal.ts';
import type { Scenario } from '../../rehearsal/world/scenario.ts';
import { honestGroups } from '../../rehearsal/world/scenarios/common.ts';
import { diurnal as oneHourDay } from '../../rehearsal/world/scenarios/diurnal.ts';
import { diurnal } from '../../rehearsal/world/traffic/rate.ts';
import { policySchema } from '../../shared/policy/schema/policy-schema.ts';
import { CallRecord } from '../faults/record.ts';
import { behind } from '../faults/scene.ts';
import { Auditor, type HourAudit } from './audit.ts';
import { faultPlan } from './plan.ts';

export const SOAK_SCALE = 0.05;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
const POLICY = { mode: 'enforce', methodCost: { '/orders/POST': 4 } } as const;
/** The first hours fill caches, code and the day's worth of windows that the table keeps. */
const WARM_UP_HOURS = 26;

export interface SoakReport {
  readonly seed: number;
  readonly hours: number;
  readonly wallSeconds: number;
  readonly faults: number;
  readonly struckCalls: number;
  readonly writes: number;
  readonly decisions: number;
  readonly outOfBounds: readonly string[];
  readonly unaccountedWrites: readonly string[];
  readonly stuckMessages: readonly string[];
  readonly silentMinutes: number;
  /** Errors of the embedded AWS itself. */
  readonly failures: readonly string[];
  /** After a collection, each simulated hour, in megabytes. */
  readonly heapMb: readonly number[];
  /** How the heap grew once it was warm: least squares, megabytes an hour; null for a soak shorter than that. */
  readonly heapGrowthMbPerHour: number | null;
  readonly goodputRatio: number;
  readonly violationSeconds: number;
}

/** A day of the world in its true length, its peak well above what the backend bears, again and again. */
function longDay(hours: number): Scenario {
  const groups = honestGroups((restRps) => diurnal(0.5 * restRps, 2 * restRps, DAY_SECONDS));
  const durationSeconds = hours * HOUR_SECONDS;
  return { ...oneHourDay, name: 'soak', durationSeconds, onsetSeconds: 0, surgeEndSeconds: durationSeconds, groups };
}

/** Runs `hours` with random faults and audits each; `onHour` is called after each. */
export async function soak(
  seed: number,
  hours: number,
  collectGarbage: () => Promise<unknown>,
  onHour: (hour: number, audit: HourAudit, heapMb: number) => void,
): Promise<SoakReport> {
  const { cloud, service, failures } = await deployedInProcess({ limitScale: SOAK_SCALE });
  const { aws, clock, services } = cloud;
  const record = new CallRecord(clock);
  const injector = new FaultInjector(aws);
  aws.setInterceptor(behind(injector.intercept, record.intercept));
  const policy = policySchema.parse(
    scaledPolicy({ ...POLICY, api: `${service.apiId}/${service.stageName}` }, SOAK_SCALE),
  );
  const plan = faultPlan(seed, hours);
  const audits: HourAudit[] = [];
  const heapMb: number[] = [];
  let auditor: Auditor | undefined;
  const onSecond = async ({ snapshot }: RehearsalSecond) => {
    if (!auditor) {
      auditor = new Auditor({ cloud, service, policy, record }, clock.now());
      injector.add(...plan.map((text) => parseFault(text, knownOperations(aws))));
    }
    if ((snapshot.second + 1) % HOUR_SECONDS > 0) return;
    const audit = await auditor.audit(snapshot.second + 1 === hours * HOUR_SECONDS);
    await collectGarbage();
    audits.push(audit);
    heapMb.push(Math.round(process.memoryUsage().heapUsed / 1e5) / 10);
    onHour(audits.length, audit, heapMb.at(-1) ?? 0);
  };
  const report = await runRehearsal({
    cloud: { aws, clock, gateway: inspectGateway(services.apigateway) },
    scenario: longDay(hours),
    seed,
    scale: SOAK_SCALE,
    policy: POLICY,
    epochMs: null,
    wallNowMs: () => performance.now(),
    onSecond,
  });
  const struckCalls = injector.struck.reduce((sum, { struck }) => sum + struck, 0);
  await cloud.close();
  return {
    seed,
    hours,
    wallSeconds: Math.round(report.wallSeconds),
    faults: plan.length,
    struckCalls,
    ...summed(audits),
    failures: failures.map(String),
    heapMb,
    heapGrowthMbPerHour: growth(heapMb.slice(WARM_UP_HOURS)),
    goodputRatio: report.goodputRatio,
    violationSeconds: report.violationSeconds,
  };
}

function summed(audits: readonly HourAudit[]) {
  const total = (count: (audit: HourAudit) => number) => audits.reduce((sum, audit) => sum + count(audit), 0);
  return {
    writes: total(({ writes }) => writes),
    decisions: total(({ decisions }) => decisions),
    outOfBounds: audits.flatMap(({ outOfBounds }) => outOfBounds),
    unaccountedWrites: audits.flatMap(({ unaccounted }) => unaccounted),
    stuckMessages: audits.flatMap(({ stuckMessages }) => stuckMessages),
    silentMinutes: total(({ silentMinutes }) => silentMinutes),
  };
}

/** The slope of a straight line through the samples; null for fewer than six. */
function growth(samples: readonly number[]): number | null {
  const count = samples.length;
  if (count < 6) return null;
  const middle = (count - 1) / 2;
  const mean = samples.reduce((sum, value) => sum + value, 0) / count;
  const covariance = samples.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0);
  const variance = samples.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  return Math.round((100 * covariance) / variance) / 100;
}

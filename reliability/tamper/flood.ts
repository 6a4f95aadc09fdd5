import type { Cloud } from '@tidegate/embedded-aws';
import type { Fault } from '@tidegate/embedded-aws/faults';
import { DEVELOPER } from '@tidegate/embedded-aws/kernel';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import type { DeployedService } from '../../rehearsal/run/deployed-stack.ts';
import { inspectGateway } from '../../rehearsal/run/inspection.ts';
import { runRehearsal } from '../../rehearsal/run/run-rehearsal.ts';
import { shortSurge } from '../../rehearsal/world/scenarios/seed-surge.ts';
import { pendingPlanWrites } from '../../shared/law/allocation/plan-writes.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import { recordOf } from '../../shared/platform/records.ts';
import type { EpochMs, TierName } from '../../shared/platform/units.ts';
import { readDesired } from '../faults/recovery.ts';
import { judgeFlood, type SurgeRun } from './judge-flood.ts';
import { PlanWaits, type PlanWrite } from './plan-waits.ts';

const SCALE = 0.1;
/** Half a minute before the surge: control is to meet it in the middle of the flood. */
const FLOOD_SECOND = 30;
const ONSET_SECOND = 60;
const END_SECOND = 180;
const FLOOD_SECONDS = 120;
const EVENTS_PER_SECOND = 5;
/** The standing guard would mitigate the surge by itself, whatever became of control: here it is never sized. */
const POLICY = { mode: 'enforce', methodCost: { '/orders/POST': 4 }, guard: { warmUpSeconds: 86_400 } } as const;
/**
 * With seed 1, and no flood, one plan waits 15 s while the slot is free: its change becomes wanted between two wake-ups
 * that were sent for earlier ones. That has nothing to do with floods, and would make a poor standard to compare with.
 */
const SEED = 2;

export interface FloodResult {
  readonly calm: SurgeRun;
  readonly flooded: SurgeRun;
  readonly complaints: readonly string[];
}

/** The seed surge twice, the second time under 600 forged look-nows in two minutes. */
export async function playFlood(): Promise<FloodResult> {
  const calm = await playSurge({ isFlooded: false });
  const flooded = await playSurge({ isFlooded: true });
  return { calm, flooded, complaints: judgeFlood(calm, flooded) };
}

interface Circumstances {
  readonly isFlooded: boolean;
  /** What goes wrong besides, from the scenario's beginning on. */
  readonly faults?: readonly Fault[];
}

/** Plays the surge once. */
export async function playSurge({ isFlooded, faults = [] }: Circumstances): Promise<SurgeRun> {
  const { cloud, service } = await deployedInProcess({ limitScale: SCALE });
  const { aws, clock, services } = cloud;
  const counts = { forgedEvents: 0, crowded: 0 };
  const watch = new PlanWatch(cloud, service);
  let onsetMs = 0;
  const report = await runRehearsal({
    cloud: { aws, clock, gateway: inspectGateway(services.apigateway) },
    scenario: shortSurge(ONSET_SECOND, END_SECOND),
    seed: SEED,
    scale: SCALE,
    policy: POLICY,
    faults,
    epochMs: null,
    wallNowMs: () => performance.now(),
    onSecond: async ({ snapshot: { second }, decisions }) => {
      if (second === ONSET_SECOND - 1) onsetMs = clock.now();
      counts.crowded += decisions.filter(({ rule }) => rule === 'management-crowded').length;
      await watch.look();
      if (second === END_SECOND - 1) watch.end();
      if (!isFlooded || second < FLOOD_SECOND || second >= FLOOD_SECOND + FLOOD_SECONDS) return;
      await forge(cloud, service);
      counts.forgedEvents += EVENTS_PER_SECOND;
    },
  });
  await cloud.close();
  const decisions = Object.values(report.decisions).reduce((sum, count) => sum + count, 0);
  return { ...counts, secondsToMitigate: report.secondsToMitigate, decisions, ...watch.findings(onsetMs) };
}

/** As anybody may who may put events on the account's bus: only `aws.` sources are AWS's own. */
async function forge({ aws }: Cloud, { apiId, stageName }: DeployedService): Promise<void> {
  const Detail = JSON.stringify({ apiId, stage: stageName, reason: 'throttled' });
  const entry = { Source: 'tidegate.telemetry', DetailType: 'Tidegate Look Now', Detail };
  const Entries = Array.from({ length: EVENTS_PER_SECOND }, () => entry);
  const { FailedEntryCount } = await aws.call<{ FailedEntryCount: number }>(DEVELOPER, 'events', 'PutEvents', {
    Entries,
  });
  if (FailedEntryCount > 0) throw new Error(`${FailedEntryCount} forged events were refused: this is no flood.`);
}

/** Watches from outside what control wants of the plans, and when they are written. */
class PlanWatch {
  private readonly cloud: Cloud;
  private readonly service: DeployedService;
  private readonly waits = new PlanWaits();
  private seenWrites: number;

  constructor(cloud: Cloud, service: DeployedService) {
    this.cloud = cloud;
    this.service = service;
    this.seenWrites = cloud.services.apigateway.acceptedWrites.length;
  }

  async look(): Promise<void> {
    this.waits.look(this.cloud.clock.now(), this.newWrites(), await this.pending());
  }

  end(): void {
    this.waits.end(this.cloud.clock.now(), 'unwritten');
  }

  findings(onsetMs: EpochMs): Pick<SurgeRun, 'secondsToFirstPlanWrite' | 'waits'> {
    const waits = this.waits.ended.map(({ tier, endMs, waitedMs, end }) => {
      return { tier, atSecond: secondsOf(endMs - onsetMs), waitedSeconds: secondsOf(waitedMs), end };
    });
    const first = waits.find(({ end, atSecond }) => end === 'written' && atSecond >= 0);
    return { secondsToFirstPlanWrite: first?.atSecond ?? null, waits };
  }

  private newWrites(): PlanWrite[] {
    const { acceptedWrites } = this.cloud.services.apigateway;
    const fresh = acceptedWrites.slice(this.seenWrites);
    this.seenWrites = acceptedWrites.length;
    return fresh.flatMap(({ target, atMs }) => {
      const [tier] = Object.entries(this.service.tiers).find(([, { planId }]) => planId === target) ?? [];
      return tier === undefined ? [] : [{ tier, atMs }];
    });
  }

  private async pending(): Promise<TierName[]> {
    const { cloud, service } = this;
    const desired = await readDesired({ cloud, service });
    if (!desired) return [];
    const { plans } = cloud.services.apigateway.currentLimits(service.apiId, service.stageName);
    const wanted = recordOf(Object.entries(desired.plans).map(([tier, { limit }]) => [tier, limit] as const));
    const live = recordOf(
      Object.entries(service.tiers).flatMap(([tier, { planId }]): [TierName, Limit][] => {
        const throttle = plans[planId]?.throttle;
        return throttle ? [[tier, throttle]] : [];
      }),
    );
    return pendingPlanWrites(wanted, live, desired.rules);
  }
}

const secondsOf = (ms: number): number => Math.round(ms / 1000);

import type { Cloud } from '@tidegate/embedded-aws';
import { DEVELOPER } from '@tidegate/embedded-aws/kernel';
import type { DeployedService } from '../../rehearsal/run/deployed-stack.ts';
import { inspectGateway } from '../../rehearsal/run/inspection.ts';
import { runRehearsal } from '../../rehearsal/run/run-rehearsal.ts';
import type { TierName } from '../../shared/platform/units.ts';
import { deployedInProcess } from '../../tests/support/e2e/in-process-deploy.ts';
import { shortSurge } from '../../tests/support/e2e/rehearsal.ts';

const SCALE = 0.1;
/** Half a minute before the surge: control is to meet it in the middle of the flood. */
const FLOOD_SECOND = 30;
const ONSET_SECOND = 60;
const END_SECOND = 180;
const FLOOD_SECONDS = 120;
const EVENTS_PER_SECOND = 5;
const POLICY = { mode: 'enforce', methodCost: { '/orders/POST': 4 } } as const;
/** How much later anything may be under the flood. */
const MOST_SECONDS = 10;

/** One surge, and how the loop dealt with it. */
export interface SurgeRun {
  readonly forgedEvents: number;
  readonly secondsToMitigate: number | null;
  /** Seconds from the beginning of the surge until a plan was written first, by tier. */
  readonly planSeconds: Readonly<Record<TierName, number>>;
  readonly decisions: number;
  /** Decisions that looked at nothing because there had been too many management calls. */
  readonly crowded: number;
}

export interface FloodResult {
  readonly calm: SurgeRun;
  readonly flooded: SurgeRun;
  readonly complaints: readonly string[];
}

/** The seed surge twice, the second time under 600 forged look-nows in two minutes. */
export async function playFlood(): Promise<FloodResult> {
  const calm = await playSurge(false);
  const flooded = await playSurge(true);
  return { calm, flooded, complaints: complaintsOf(calm, flooded) };
}

function complaintsOf(calm: SurgeRun, flooded: SurgeRun): string[] {
  const later = (seconds: number | null | undefined, than: number) => (seconds ?? Number.POSITIVE_INFINITY) - than;
  const { secondsToMitigate } = calm;
  const plans = Object.entries(calm.planSeconds);
  const late = plans.filter(([tier, seconds]) => later(flooded.planSeconds[tier], seconds) > MOST_SECONDS);
  return [
    ...(secondsToMitigate === null ? ['the surge was not mitigated even without the flood'] : []),
    ...(later(flooded.secondsToMitigate, secondsToMitigate ?? 0) > MOST_SECONDS
      ? ['the surge was mitigated late']
      : []),
    ...(plans.length === 0 ? ['no plan was written even without the flood'] : []),
    ...late.map(
      ([tier, seconds]) =>
        `${tier}: written ${seconds} s after the onset, under the flood ${flooded.planSeconds[tier] ?? 'never'}`,
    ),
    ...(flooded.crowded > calm.crowded ? [`${flooded.crowded} decisions looked at nothing`] : []),
  ];
}

async function playSurge(isFlooded: boolean): Promise<SurgeRun> {
  const { cloud, service } = await deployedInProcess({ limitScale: SCALE });
  const { aws, clock, services } = cloud;
  const counts = { forgedEvents: 0, crowded: 0 };
  let onsetMs = 0;
  const report = await runRehearsal({
    cloud: { aws, clock, gateway: inspectGateway(services.apigateway) },
    scenario: shortSurge(ONSET_SECOND, END_SECOND),
    seed: 1,
    scale: SCALE,
    policy: POLICY,
    epochMs: null,
    wallNowMs: () => performance.now(),
    onSecond: async ({ snapshot: { second }, decisions }) => {
      if (second === ONSET_SECOND) onsetMs = clock.now();
      counts.crowded += decisions.filter(({ rule }) => rule === 'management-crowded').length;
      if (!isFlooded || second < FLOOD_SECOND || second >= FLOOD_SECOND + FLOOD_SECONDS) return;
      await forge(cloud, service);
      counts.forgedEvents += EVENTS_PER_SECOND;
    },
  });
  await cloud.close();
  const decisions = Object.values(report.decisions).reduce((sum, count) => sum + count, 0);
  const planSeconds = firstPlanWrites(cloud, service, onsetMs);
  return { ...counts, secondsToMitigate: report.secondsToMitigate, planSeconds, decisions };
}

/** As anybody may who may put events on the account's bus: only `aws.` sources are AWS's own. */
async function forge({ aws }: Cloud, { apiId, stageName }: DeployedService): Promise<void> {
  const Detail = JSON.stringify({ apiId, stage: stageName, reason: 'throttled' });
  const entry = { Source: 'tidegate.telemetry', DetailType: 'Tidegate Look Now', Detail };
  await aws.call(DEVELOPER, 'events', 'PutEvents', { Entries: Array.from({ length: EVENTS_PER_SECOND }, () => entry) });
}

function firstPlanWrites({ services }: Cloud, { tiers }: DeployedService, onsetMs: number): Record<TierName, number> {
  const writes = services.apigateway.acceptedWrites.filter(({ atMs }) => atMs >= onsetMs);
  return Object.fromEntries(
    Object.entries(tiers).flatMap(([tier, { planId }]) => {
      const first = writes.find(({ target }) => target === planId);
      return first ? [[tier, Math.round((first.atMs - onsetMs) / 1000)]] : [];
    }),
  );
}

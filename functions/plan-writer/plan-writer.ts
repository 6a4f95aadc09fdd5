import type { Gateway } from '../../shared/gateway/port.ts';
import { nextPlanWrite } from '../../shared/law/allocation/plan-writes.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import { type ApiStage, apiStageName } from '../../shared/platform/api-stage.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { isThrottled, retryAfterMs } from '../../shared/platform/errors.ts';
import type { Logger } from '../../shared/platform/logger.ts';
import type { PublishMetrics } from '../../shared/platform/metrics.ts';
import { emptyRecord, own } from '../../shared/platform/records.ts';
import type { TierName } from '../../shared/platform/units.ts';
import { ASKED_TOO_MUCH, standBackMs } from '../../shared/state/backoff.ts';
import { saveAppliedTier } from '../../shared/state/control-record.ts';
import { type Desired, readAllDesired } from '../../shared/state/desired.ts';
import type { Table } from '../../shared/state/items/table.ts';
import { postponePlanSlot, readPlanSlot, takePlanSlot } from '../../shared/state/plan-lease.ts';
import { isStale } from '../../shared/steering/stale.ts';
import { apiDimensions } from '../../shared/telemetry/emf.ts';

export interface PlanWriterDependencies {
  readonly clock: Clock;
  readonly table: Table;
  readonly gateway: Pick<Gateway, 'readPlans' | 'writePlan'>;
  readonly publish: PublishMetrics;
  readonly logger: Logger;
}

/** The result of a wake-up. `early`: work is pending, but the account's slot is taken; retry later. */
export type WakeUp = 'nothing' | 'written' | 'early' | 'failed';

interface PlanWrite {
  readonly api: ApiStage;
  readonly tier: TierName;
  readonly planId: string;
  readonly limit: Limit;
  readonly live: Limit;
  /** Least time until the next write of any plan. */
  readonly intervalMs: number;
}

/** Handles one wake-up: writes the most urgent plan with its newest target, in at most one call. */
export async function writeMostUrgentPlan(dependencies: PlanWriterDependencies): Promise<WakeUp> {
  const { clock, table, gateway, logger } = dependencies;
  // Stale targets are ignored: control is silent, and the fail-safe may be raising that plan.
  const backlog = (await readAllDesired(table)).filter(({ desired }) => !isStale(desired, clock.now()));
  if (backlog.every(({ desired }) => Object.keys(desired.plans).length === 0)) return 'nothing';
  const intervalMs = Math.max(...backlog.map(({ desired }) => desired.rules.intervalMs));
  if ((await readPlanSlot(table, intervalMs)) > clock.now()) return 'early';
  const live = await livePlans(dependencies, intervalMs);
  if (!live) return 'early';
  const write = mostUrgent(backlog, live, clock.now());
  if (!write) return 'nothing';
  if (!(await takePlanSlot(table, clock.now(), write.intervalMs))) return 'early';
  const result = await gateway.writePlan(write.planId, write.limit);
  const facts = { api: apiStageName(write.api), tier: write.tier, planId: write.planId, ...result };
  if (result.kind === 'written') {
    await saveAppliedTier(table, write.api, write.tier, result.value, clock.now());
    logger.info('A usage plan was written.', facts);
    return 'written';
  }
  // The slot stays taken, because a refused call may count against the 20 s too.
  dependencies.publish(apiDimensions(write.api), [failureMetric(result.kind)]);
  logger.warn('A usage plan was not written.', facts);
  if (result.kind !== 'deferred') return 'failed';
  await standBack(dependencies, result.retryAfterMs, intervalMs);
  return 'early';
}

/** The plans in force; undefined if the read was throttled. */
async function livePlans(
  dependencies: PlanWriterDependencies,
  intervalMs: number,
): Promise<ReadonlyMap<string, Limit> | undefined> {
  try {
    return await dependencies.gateway.readPlans();
  } catch (error) {
    if (!isThrottled(error)) throw error;
    await standBack(dependencies, retryAfterMs(error), intervalMs);
    return undefined;
  }
}

/** Writes no plan for a whole tick, because a deploy that changes plans may need the account's slot. */
async function standBack(
  { table, clock, logger }: PlanWriterDependencies,
  retryMs: number | undefined,
  intervalMs: number,
): Promise<void> {
  const waitMs = standBackMs(retryMs);
  if (retryMs !== undefined && retryMs > waitMs) logger.warn(ASKED_TOO_MUCH, { askedMs: retryMs, waitMs });
  await postponePlanSlot(table, clock.now(), { waitMs, intervalMs });
}

/** The most urgent write of all APIs: cuts before raises, and earlier decisions first. */
function mostUrgent(
  backlog: readonly { readonly api: ApiStage; readonly desired: Desired }[],
  livePlans: ReadonlyMap<string, Limit>,
  now: number,
): PlanWrite | undefined {
  const writes = [...backlog]
    .sort((a, b) => a.desired.decidedMs - b.desired.decidedMs)
    .flatMap(({ api, desired }) => nextOf(api, desired, livePlans, now) ?? []);
  return writes.find((write) => write.limit.rateRps < write.live.rateRps) ?? writes[0];
}

function nextOf(
  api: ApiStage,
  { plans, rules }: Desired,
  livePlans: ReadonlyMap<string, Limit>,
  now: number,
): PlanWrite | undefined {
  const wanted = emptyRecord<Limit>();
  const live = emptyRecord<Limit>();
  for (const [tier, plan] of Object.entries(plans)) {
    const current = livePlans.get(plan.planId);
    // Stryker disable next-line ConditionalExpression: a tier without a live limit is never the next to be written.
    if (!current) continue;
    wanted[tier] = plan.limit;
    live[tier] = current;
  }
  const next = nextPlanWrite(wanted, live, now, undefined, rules);
  // Stryker disable next-line ConditionalExpression: what is no write names no tier, and so no plan.
  if (next.kind !== 'write') return undefined;
  const plan = own(plans, next.tier);
  const current = own(live, next.tier);
  // Stryker disable next-line LogicalOperator,ConditionalExpression: a tier to be written is desired and live.
  if (!plan || !current) return undefined;
  return { api, tier: next.tier, planId: plan.planId, limit: next.limit, live: current, intervalMs: rules.intervalMs };
}

function failureMetric(kind: 'mismatch' | 'deferred' | 'refused') {
  const name = kind === 'deferred' ? 'WritesDeferred' : kind === 'mismatch' ? 'WriteMismatches' : 'WritesRefused';
  return { name, unit: 'Count', values: [1] } as const;
}

import { pendingPlanWrites } from '../../shared/law/allocation/plan-writes.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import {
  PLAN_WRITE_MARGIN_MS,
  PLAN_WRITE_QUOTA_MS,
  WAKE_UP_GRACE_MS,
  WAKE_UP_MARGIN_MS,
} from '../../shared/platform/aws-assumptions.ts';
import { describeError, isThrottled } from '../../shared/platform/errors.ts';
import type { MetricValues } from '../../shared/platform/metrics.ts';
import { emptyRecord, own } from '../../shared/platform/records.ts';
import type { EpochMs, TierName } from '../../shared/platform/units.ts';
import { type Desired, readAllDesired } from '../../shared/state/desired.ts';
import type { Table } from '../../shared/state/items/table.ts';
import { claimWakeUps, type PlanLease, readPlanLease } from '../../shared/state/plan-lease.ts';
import { apiDimensions } from '../../shared/telemetry/emf.ts';
import type { ControlDependencies } from './dependencies.ts';

/** Wake-ups are sent only until the next scheduled tick, which sends further ones. */
const HORIZON_MS = 60_000;
const LEAST_INTERVAL_MS = PLAN_WRITE_QUOTA_MS + PLAN_WRITE_MARGIN_MS;
/** Attempts against concurrent callers; the next tick sends wake-ups that are still missing. */
const MOST_CLAIMS = 3;

/**
 * Publishes the backlog and sends the missing wake-ups: one for every slot until the next scheduled tick, less those that are
 * pending. A later tick replaces a lost wake-up, because its slot is past by then.
 */
export async function sendWakeUps(dependencies: ControlDependencies): Promise<void> {
  const { clock, table, publish, sendWakeUp } = dependencies;
  const all = await readAllDesired(table);
  const live = await livePlans(dependencies, all);
  if (!live) return;
  let backlog = 0;
  for (const { api, desired } of all) {
    const pending = pendingOf(desired, live);
    publish(apiDimensions(api), backlogMetrics(desired, pending, clock.now()));
    backlog += pending.length;
  }
  if (backlog === 0) return;
  const intervalMs = Math.max(LEAST_INTERVAL_MS, ...all.map(({ desired }) => desired.rules.intervalMs));
  const now = clock.now();
  const slots = await claimSlots(table, backlog, intervalMs + WAKE_UP_MARGIN_MS, now);
  for (const slotMs of slots) await sendWakeUp(Math.ceil((slotMs - now) / 1000));
}

/** Claims slots for wake-ups; if a concurrent caller was faster, the slots are computed again, since this backlog may be longer. */
async function claimSlots(table: Table, backlog: number, spacingMs: number, now: EpochMs): Promise<EpochMs[]> {
  for (let attempt = 0; attempt < MOST_CLAIMS; attempt++) {
    const lease = await readPlanLease(table, spacingMs);
    const slots = wakeUpSlots(backlog, lease, spacingMs, now);
    const last = slots.at(-1);
    if (last === undefined || (await claimWakeUps(table, lease, last, now))) return slots;
  }
  return [];
}

/** The plans in force; undefined if AWS throttles the read, then the next tick sends the wake-ups. */
async function livePlans(
  { gateway, logger }: ControlDependencies,
  all: readonly { readonly desired: Desired }[],
): Promise<ReadonlyMap<string, Limit> | undefined> {
  if (all.every(({ desired }) => Object.keys(desired.plans).length === 0)) return new Map();
  try {
    return await gateway.readPlans();
  } catch (error) {
    if (!isThrottled(error)) throw error;
    logger.warn('The plans could not be read for the backlog.', { reason: describeError(error) });
    return undefined;
  }
}

/** The number of pending plan writes and the age of the oldest. */
function backlogMetrics({ plans }: Desired, pending: readonly TierName[], now: EpochMs): MetricValues[] {
  const ages = pending.map((tier) => now - (own(plans, tier)?.sinceMs ?? now));
  return [
    { name: 'PlanWriteBacklog', unit: 'Count', values: [pending.length] },
    { name: 'PlanWriteBacklogAgeMs', unit: 'Milliseconds', values: [Math.max(0, ...ages)] },
  ];
}

/** The tiers of an API with a pending plan write. */
export function pendingOf(desired: Desired, livePlans: ReadonlyMap<string, Limit>): TierName[] {
  const wanted = emptyRecord<Limit>();
  const live = emptyRecord<Limit>();
  for (const [tier, { planId, limit }] of Object.entries(desired.plans)) {
    const current = livePlans.get(planId);
    if (!current) continue;
    wanted[tier] = limit;
    live[tier] = current;
  }
  return pendingPlanWrites(wanted, live, desired.rules);
}

/**
 * The slots of the missing wake-ups, soonest first. Pending wake-ups count if a plan may be written when they arrive, and if
 * the first of them arrives soon after that instant.
 */
export function wakeUpSlots(backlog: number, lease: PlanLease, spacingMs: number, now: EpochMs): EpochMs[] {
  const { nextWriteAtMs, wokenUntilMs } = lease;
  const freeMs = Math.max(now, nextWriteAtMs);
  const leftMs = wokenUntilMs - Math.max(nextWriteAtMs, now - WAKE_UP_GRACE_MS + 1);
  const coming = leftMs >= 0 ? Math.floor(leftMs / spacingMs) + 1 : 0;
  const isSoon = coming > 0 && wokenUntilMs - (coming - 1) * spacingMs <= freeMs + WAKE_UP_GRACE_MS;
  const onTheirWay = isSoon ? coming : 0;
  const slots: EpochMs[] = [];
  let slotMs = isSoon ? Math.max(freeMs, wokenUntilMs + spacingMs) : freeMs;
  while (slots.length + onTheirWay < backlog && slotMs < now + HORIZON_MS) {
    slots.push(slotMs);
    slotMs += spacingMs;
  }
  return slots;
}

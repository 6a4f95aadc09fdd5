import type { Limit } from '../../limits/limit.ts';
import { isSameLimit } from '../../limits/limit.ts';
import { own } from '../../platform/records.ts';
import type { EpochMs, TierName } from '../../platform/units.ts';

type TierLimits = Readonly<Record<TierName, Limit>>;

export interface PlanWriteRules {
  /** Plans to be written before all others, the first one first: what wins most, as the law sees it. */
  readonly planOrder?: readonly TierName[];
  /** Tiers, the first to be sacrificed first: breaks ties among cuts; raises go the other way round. */
  readonly sacrificeOrder: readonly TierName[];
  /** Where each tier rests; a return to it is written however small the change. */
  readonly resting: TierLimits;
  /** A change of rate and burst below this share is not worth one of three writes a minute. */
  readonly ignoreChangeShare: number;
  /** AWS accepts one UpdateUsagePlan per 20 s and account. */
  readonly intervalMs: number;
}

export type NextPlanWrite =
  | { readonly kind: 'write'; readonly tier: TierName; readonly limit: Limit }
  | { readonly kind: 'wait'; readonly untilMs: EpochMs }
  | { readonly kind: 'nothing' };

interface Change {
  readonly tier: TierName;
  readonly limit: Limit;
  /** Live over desired rate (or burst, where the rates agree): above 1 is a cut. */
  readonly excess: number;
  readonly order: number;
  /** In the law's own order; after all of it where the law said nothing. */
  readonly place: number;
}

/**
 * The most urgent plan to write now: what the law put first; else cuts before raises; among cuts the largest excess, ties in the order of
 * sacrifice; among raises the last to be sacrificed first. At most one per interval, counted from the last write.
 */
export function nextPlanWrite(
  desired: TierLimits,
  live: TierLimits,
  now: EpochMs,
  lastWriteMs: EpochMs | undefined,
  rules: PlanWriteRules,
): NextPlanWrite {
  const first = plannedChanges(desired, live, rules)[0];
  if (first === undefined) return { kind: 'nothing' };
  // Stryker disable next-line ConditionalExpression: without a last write NaN results, and now is never below it.
  const freeAtMs = lastWriteMs === undefined ? now : lastWriteMs + rules.intervalMs;
  if (now < freeAtMs) return { kind: 'wait', untilMs: freeAtMs };
  return { kind: 'write', tier: first.tier, limit: first.limit };
}

/** The tiers whose plan differs from what is desired, in the order in which they should be written. */
export function pendingPlanWrites(desired: TierLimits, live: TierLimits, rules: PlanWriteRules): TierName[] {
  return plannedChanges(desired, live, rules).map((change) => change.tier);
}

function plannedChanges(desired: TierLimits, live: TierLimits, rules: PlanWriteRules): Change[] {
  return Object.entries(desired)
    .flatMap(([tier, limit]): Change[] => {
      const current = own(live, tier);
      if (current === undefined || !isWorthWriting(limit, current, own(rules.resting, tier), rules)) return [];
      // Stryker disable next-line ArrayDeclaration: any list that names no tier gives all the same place.
      const place = placeIn(rules.planOrder ?? [], tier);
      const order = placeIn(rules.sacrificeOrder, tier);
      return [{ tier, limit, excess: excessOf(current, limit, rules), order, place }];
    })
    .sort(byUrgency);
}

function byUrgency(a: Change, b: Change): number {
  if (a.place !== b.place) return a.place - b.place;
  const isCut = a.excess > 1;
  if (isCut !== b.excess > 1) return isCut ? -1 : 1;
  // Stryker disable next-line EqualityOperator: no tier occurs twice.
  const tie = a.order - b.order || (a.tier < b.tier ? -1 : 1);
  if (!isCut) return -tie;
  // Stryker disable next-line EqualityOperator: two excesses that differ by exactly this are not met.
  return Math.abs(a.excess - b.excess) < 1e-9 ? tie : b.excess - a.excess;
}

function placeIn(order: readonly TierName[], tier: TierName): number {
  const index = order.indexOf(tier);
  return index < 0 ? order.length : index;
}

function excessOf(current: Limit, wanted: Limit, rules: PlanWriteRules): number {
  const byRate = current.rateRps / wanted.rateRps;
  return Math.abs(byRate - 1) >= rules.ignoreChangeShare ? byRate : current.burst / wanted.burst;
}

function isWorthWriting(wanted: Limit, current: Limit, resting: Limit | undefined, rules: PlanWriteRules): boolean {
  if (isSameLimit(wanted, current)) return false;
  if (resting !== undefined && isSameLimit(wanted, resting)) return true;
  const isClose = (a: number, b: number) => Math.abs(a / b - 1) < rules.ignoreChangeShare;
  return !(isClose(wanted.rateRps, current.rateRps) && isClose(wanted.burst, current.burst));
}

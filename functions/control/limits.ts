import type { Baseline, DecisionKind } from '../../shared/control/types.ts';
import { bounded, isSameLimit } from '../../shared/gateway/bounds.ts';
import { isMethodKey, STAGE_DEFAULT } from '../../shared/gateway/method-keys.ts';
import type { Limit, Limits, MethodKey, TierName } from '../../shared/platform/units.ts';
import type { ControlRecord } from '../../shared/state/control-record.ts';
import type { Desired } from '../../shared/state/desired.ts';

type Named = Readonly<Record<string, Limit>>;

const same = (left: Limit | undefined, right: Limit | undefined): boolean =>
  left !== undefined && right !== undefined && isSameLimit(left, right);

/**
 * The limits the law shall see. A limit that is not what we last wrote but stands at its baseline was reset by a
 * deploy: what we wrote is put in its place, and so is asserted again. Any other change is somebody's will and adopted.
 */
export function standingLimits(live: Limits, record: ControlRecord, baseline: Baseline): Limits {
  const stage = { ...live.stage };
  const written = record.appliedStage?.value ?? {};
  const isReset = same(stage[STAGE_DEFAULT], baseline.stage) && !same(written[STAGE_DEFAULT], baseline.stage);
  if (isReset) {
    for (const [method, limit] of Object.entries(written)) stage[method] = limit;
  }
  const tiers = { ...live.tiers };
  for (const [tier, { value }] of Object.entries(record.appliedTiers)) {
    if (same(tiers[tier], baseline.tiers[tier])) tiers[tier] = value;
  }
  return { stage, tiers };
}

/** What the law wants, as far as it may be written: methods that are none are dropped. */
export function writable(wanted: Limits): Limits {
  const stage = Object.fromEntries(Object.entries(wanted.stage).filter(([method]) => isMethodKey(method)));
  return { stage, tiers: wanted.tiers };
}

/** Nothing above what is in force: each wanted number is the lower of the two. */
export function withoutRaises(wanted: Limits, live: Limits): Limits {
  const clip = (limits: Named, current: (name: string) => Limit | undefined): Record<string, Limit> =>
    Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, lower(limit, current(name))]));
  return {
    stage: clip(wanted.stage, (method) => live.stage[method] ?? live.stage[STAGE_DEFAULT]),
    tiers: clip(wanted.tiers, (tier) => live.tiers[tier]),
  };
}

function lower(wanted: Limit, current: Limit | undefined): Limit {
  if (!current) return wanted;
  return { rateRps: Math.min(wanted.rateRps, current.rateRps), burst: Math.min(wanted.burst, current.burst) };
}

/** What a decision starts from: the limits the law saw, what it concluded, and what is still under way. */
export interface Pending {
  readonly kind: DecisionKind;
  readonly seen: Limits;
  readonly live: Limits;
  readonly desired: Desired | undefined;
  readonly record: ControlRecord;
}

/**
 * The plans' targets. A law that holds wants what it sees, but a plan may still be on its way to an earlier decision:
 * holding must not call that back. A target that was reached once and then changed by hand is no longer under way.
 */
export function planTargets(wanted: Limits, pending: Pending): Record<TierName, Limit> {
  const targets = { ...wanted.tiers };
  if (pending.kind !== 'hold') return targets;
  for (const [tier, plan] of Object.entries(pending.desired?.plans ?? {})) {
    const isUnderWay = !same(pending.record.appliedTiers[tier]?.value, plan.limit);
    if (isUnderWay && same(targets[tier], pending.seen.tiers[tier])) targets[tier] = plan.limit;
  }
  return targets;
}

/** Whether the stage has to be written: a named limit differs, or an override that exists is out of step. */
export function stageDiffers(wanted: Named, live: Named, account: Limit): boolean {
  const methods = new Set<MethodKey>([...Object.keys(wanted), ...Object.keys(live)]);
  return [...methods].some((method) => {
    const limit = wanted[method] ?? wanted[STAGE_DEFAULT];
    if (!limit) return false;
    const allowed = bounded(limit, account);
    return allowed.kind === 'refused' || !same(live[method], allowed.limit);
  });
}

/** Whether two sets of limits are the same, name by name. */
export function sameLimits(left: Limits, right: Limits): boolean {
  const equal = (a: Named, b: Named) => Object.keys({ ...a, ...b }).every((name) => same(a[name], b[name]));
  return equal(left.stage, right.stage) && equal(left.tiers, right.tiers);
}

/** Whether any named limit would differ from what is in force. */
export function changesAny(wanted: Limits, live: Limits): boolean {
  const isNew = (limits: Named, current: (name: string) => Limit | undefined) =>
    Object.entries(limits).some(([name, limit]) => !same(limit, current(name)));
  return (
    isNew(wanted.stage, (method) => live.stage[method] ?? live.stage[STAGE_DEFAULT]) ||
    isNew(wanted.tiers, (tier) => live.tiers[tier])
  );
}

import type { Baseline } from '../../../shared/law/types.ts';
import { bounded } from '../../../shared/limits/bounds.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import { isSameLimit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import type { MethodKey } from '../../../shared/limits/method-key.ts';
import { isMethodKey, STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import { own } from '../../../shared/platform/records.ts';
import type { Rps } from '../../../shared/platform/units.ts';

type Named = Readonly<Record<string, Limit>>;

const same = (left: Limit | undefined, right: Limit | undefined): boolean =>
  left !== undefined && right !== undefined && isSameLimit(left, right);

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
    stage: clip(wanted.stage, (method) => own(live.stage, method) ?? own(live.stage, STAGE_DEFAULT)),
    tiers: clip(wanted.tiers, (tier) => own(live.tiers, tier)),
  };
}

function lower(wanted: Limit, current: Limit | undefined): Limit {
  if (!current) return wanted;
  return { rateRps: Math.min(wanted.rateRps, current.rateRps), burst: Math.min(wanted.burst, current.burst) };
}

/** The most that each limit may be: what was deployed, for a tier no more than for the stage, and what the account has. */
export function ceilings({ stage, tiers }: Baseline, account: Limit): Baseline {
  const most = lower(stage, account);
  return {
    stage: most,
    tiers: Object.fromEntries(Object.entries(tiers).map(([tier, limit]) => [tier, lower(limit, most)])),
  };
}

/** The same limits, each between the floor and its ceiling; tiers that were not deployed are dropped. */
export function withinBounds(wanted: Limits, most: Baseline, leastRateRps: Rps): Limits {
  const within = (limit: Limit, ceiling: Limit): Limit => ({
    rateRps: Math.min(ceiling.rateRps, Math.max(leastRateRps, limit.rateRps)),
    burst: Math.min(ceiling.burst, Math.max(1, limit.burst)),
  });
  const stage = Object.entries(wanted.stage).map(([method, limit]) => [method, within(limit, most.stage)] as const);
  const tiers = Object.entries(wanted.tiers).flatMap(([tier, limit]) => {
    const ceiling = own(most.tiers, tier);
    return ceiling ? [[tier, within(limit, ceiling)] as const] : [];
  });
  return { stage: Object.fromEntries(stage), tiers: Object.fromEntries(tiers) };
}

/**
 * The same limits, with methods that have a baseline of their own within that. Below it what is wanted holds; where that
 * is all that a method may have by the stage's baseline, it has its own, be it more.
 */
export function withOwnBaselines(wanted: Limits, most: Baseline, own: Limits['stage']): Limits {
  const stage: Record<MethodKey, Limit> = { ...wanted.stage };
  for (const [method, baseline] of Object.entries(own)) {
    const limit = wanted.stage[method];
    if (!limit) continue;
    stage[method] = limit.rateRps >= most.stage.rateRps ? baseline : lower(limit, baseline);
  }
  return { stage, tiers: wanted.tiers };
}

/** Whether the stage has to be written: a named limit differs, or an override that exists is out of step. */
export function stageDiffers(wanted: Named, live: Named, account: Limit): boolean {
  const overrides = Object.keys(live).filter(isMethodKey);
  const methods = new Set<MethodKey>([...Object.keys(wanted), ...overrides]);
  return [...methods].some((method) => {
    const limit = own(wanted, method) ?? own(wanted, STAGE_DEFAULT);
    if (!limit) return false;
    const allowed = bounded(limit, account);
    return allowed.kind === 'refused' || !same(own(live, method), allowed.limit);
  });
}

/** Whether two sets of limits are the same, name by name. */
export function sameLimits(left: Limits, right: Limits): boolean {
  const equal = (a: Named, b: Named) => Object.keys({ ...a, ...b }).every((name) => same(own(a, name), own(b, name)));
  return equal(left.stage, right.stage) && equal(left.tiers, right.tiers);
}

/** Whether any named limit would differ from what is in force. */
export function changesAny(wanted: Limits, live: Limits): boolean {
  const isNew = (limits: Named, current: (name: string) => Limit | undefined) =>
    Object.entries(limits).some(([name, limit]) => !same(limit, current(name)));
  return (
    isNew(wanted.stage, (method) => own(live.stage, method) ?? own(live.stage, STAGE_DEFAULT)) ||
    isNew(wanted.tiers, (tier) => own(live.tiers, tier))
  );
}

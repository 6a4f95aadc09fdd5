import type { Limit } from '../../limits/limit.ts';
import { own } from '../../platform/records.ts';
import type { TierName } from '../../platform/units.ts';

type TierLimits = Readonly<Record<TierName, Limit>>;

/** The plans that differ, in the order of their writes: step by step the one that wins most, or loses least. */
export function inOrderOfWorth(
  present: TierLimits,
  best: TierLimits,
  worth: (tiers: TierLimits) => number,
): TierName[] {
  const order: TierName[] = [];
  let reached = present;
  let left = Object.keys(best).filter((tier) => own(best, tier)?.rateRps !== own(present, tier)?.rateRps);
  while (left.length > 0) {
    const steps = left.map((tier) => ({ tier, value: worth({ ...reached, ...pick(best, tier) }) }));
    const { tier } = steps.reduce((most, step) => (step.value > most.value ? step : most));
    order.push(tier);
    reached = { ...reached, ...pick(best, tier) };
    left = left.filter((other) => other !== tier);
  }
  return order;
}

function pick(tiers: TierLimits, tier: TierName): TierLimits {
  const limit = own(tiers, tier);
  return limit === undefined ? {} : { [tier]: limit };
}

import { limitOf } from '../../limits/limits.ts';
import type { MethodKey } from '../../limits/method-key.ts';
import { emptyRecord, own } from '../../platform/records.ts';
import type { CostUnitsPerSecond } from '../../platform/units.ts';
import { sumOf } from '../telling/demand.ts';
import type { Situation } from './desired-limits.ts';

type ByMethod = Readonly<Record<MethodKey, CostUnitsPerSecond>>;

/**
 * The cost to expect of each method where plans are cut and only minutes tell what came of it. Those whom a plan
 * refuses may ask for another mix than those whom it lets through, so what is offered says little: a method that does
 * not fill its stage limit is held by the plans and needs little more than it got; the others share the rest. Until a
 * minute was lived under the stage's limits, they stand in for what is to be expected.
 */
export function minuteSplit(situation: Situation, totalCups: CostUnitsPerSecond): ByMethod {
  const { input, signals } = situation;
  const { toleranceSeconds, heldFillShare } = input.policy.minutes;
  const limits = limitsInCups(situation);
  if (signals.startMs + toleranceSeconds * 1000 < input.effective.stageMs) return limits;
  const held = emptyRecord<CostUnitsPerSecond>();
  const bound = emptyRecord<CostUnitsPerSecond>();
  for (const [method, flow] of Object.entries(signals.methods)) {
    const isHeld = flow.admittedCups < heldFillShare * (own(limits, method) ?? 0);
    if (isHeld) held[method] = flow.admittedCups / heldFillShare;
    else bound[method] = flow.offeredCups;
  }
  const leftCups = Math.max(0, totalCups - sumOf(held));
  const offeredCups = sumOf(bound);
  const shares = Object.entries(bound).map(([method, cups]) => [method, (leftCups * cups) / offeredCups] as const);
  return { ...held, ...Object.fromEntries(shares) };
}

/** What the stage, as it stands, lets through of each method that is asked for. */
function limitsInCups({ before, signals, input }: Situation): ByMethod {
  const limits = Object.keys(signals.methods).map((method) => {
    const costEach = own(input.policy.methodCost, method) ?? 1;
    return [method, (limitOf(before.stage, method)?.rateRps ?? 0) * costEach] as const;
  });
  return Object.fromEntries(limits);
}

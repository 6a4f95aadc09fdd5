import type { Limit } from '../../../shared/limits/limit.ts';
import { isSameLimit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import type { CostUnitsPerSecond, Rps } from '../../../shared/platform/units.ts';
import type { LawContext } from '../bench-law.ts';
import { type ContractKey, mostWorth, type WantedByTier, worthTo } from './known-demand.ts';
import { tierResponses } from './known-response.ts';
import { grainOf, loadableShare } from './noise.ts';
import { bestLevels } from './plan-targets.ts';

const PLAN_BURST_SECONDS = 2;
const LEAST_PLAN_BURST = 6;
/** Rewriting the plans must win this share of what is to be won at all. */
const WORTH_SHARE = 0.002;
/** Plans aim below the capacity, and are left alone up to it: where the stage must bind, it hits everybody. */
const PLAN_AIM = 0.955;
const PLAN_BEARABLE = 1.005;

/** The plans as they are, but for the one to be rewritten next on the way to the best levels. */
export function nextPlans(
  live: Limits['tiers'],
  capacity: CostUnitsPerSecond,
  wanted: WantedByTier,
  keys: readonly ContractKey[],
  context: LawContext,
): Limits['tiers'] {
  const { baseline, policy } = context;
  const loadable = loadableShare(capacity, grainOf(keys));
  const [aim, bearable] = [Math.min(PLAN_AIM, loadable), PLAN_BEARABLE * Math.sqrt(loadable)];
  const value = (tiers: Limits['tiers']) =>
    [...tierResponses(keys, tiers, baseline.tiers, bearable * capacity)].reduce(
      (sum, [tier, { first, usual }]) => sum + worthTo(wanted.get(tier), { usual, total: first }),
      0,
    );
  const levels = bestLevels(keys, wanted, aim * capacity, policy);
  const best = Object.entries(baseline.tiers).map(([tier, resting]) => {
    return [tier, limitFor(levels.get(tier) ?? Number.POSITIVE_INFINITY, resting, context)] as const;
  });
  const most = [...wanted.values()].reduce((sum, each) => sum + mostWorth(each), 0);
  if (value(Object.fromEntries(best)) - value(live) < WORTH_SHARE * most) return live;
  const steps = best
    .filter(([tier, limit]) => !isSameLimit(limit, live[tier] ?? limit))
    .map(([tier, limit]) => ({ ...live, [tier]: limit }));
  return steps.toSorted((a, b) => value(b) - value(a))[0] ?? live;
}

function limitFor(levelRps: Rps, resting: Limit, { knowledge }: LawContext): Limit {
  const rateRps = Math.max(0.1, Math.round((levelRps / (1 + knowledge.slack)) * 100) / 100);
  if (rateRps >= resting.rateRps) return resting;
  const burst = Math.max(LEAST_PLAN_BURST, Math.round(rateRps * PLAN_BURST_SECONDS));
  return { rateRps, burst: Math.min(resting.burst, burst) };
}

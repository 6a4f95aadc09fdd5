import type { Conclusion, Law } from '../../../shared/control/types.ts';
import type { BenchLaw, LawContext } from '../bench-law.ts';
import { Contracts, sharesOf, type TierCups } from './known-demand.ts';
import { nextPlans } from './next-plan.ts';
import { nextStage } from './stage-limits.ts';
import { QUEUELESS_AIM, stageTotal } from './stage-total.ts';

const TICK_SECONDS = 5;

/** Everything about the present is known; limits are written as everybody must: late, and one plan per 20 s. */
export const perfect: BenchLaw = {
  name: 'perfect',
  telemetry: { kind: 'none' },
  tickSeconds: TICK_SECONDS,
  create: (context) => perfectLaw(context),
};

function perfectLaw(context: LawContext): Law<unknown> {
  const { knowledge, policy, baseline } = context;
  const contracts = new Contracts(baseline.tiers);
  return ({ live, now }) => {
    const keys = contracts.apply(knowledge.keyDemand(now), now);
    const capacity = knowledge.capacityCups(now) * (knowledge.isQueueless ? QUEUELESS_AIM : 1);
    const total = stageTotal(knowledge, now);
    const shares = sharesOf(capacity, keys, policy);
    const tiers = nextPlans(live.tiers, capacity, shares, keys, context);
    const stage = nextStage(live, total, keys, context);
    return { state: undefined, conclusion: conclusionOf(total, shares), desired: { stage, tiers } };
  };
}

function conclusionOf(totalCups: number, shares: TierCups): Conclusion {
  const parts = Object.entries(shares).map(([tier, cups]) => `${tier} ${cups.toFixed(0)}`);
  return {
    kind: 'hold',
    verdict: 'trustworthy',
    rule: 'perfect',
    reason: `Total ${totalCups.toFixed(0)} cost units/s: ${parts.join(', ')}.`,
    wouldChange: 'Another present.',
    estimates: { totalCups },
  };
}

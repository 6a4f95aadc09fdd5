import type { Conclusion, Law } from '../../../shared/law/types.ts';
import type { BenchLaw, LawContext } from '../bench-law.ts';
import { nextStage } from './bound-stage-limits.ts';
import { Contracts, type WantedByTier, wantedOf } from './known-demand.ts';
import { nextPlans } from './next-plan.ts';
import { grainOf } from './noise.ts';
import { extrapolated, foreknown, late, type OutlookAt } from './outlook.ts';
import { queuelessShare, stageTotal } from './stage-total.ts';

const TICK_SECONDS = 5;
/** From a decision until its limit is in force, on average. */
const STAGE_AHEAD_SECONDS = 7;
const PLAN_AHEAD_SECONDS = 15;

/** Everything about the present is known; limits are written as everybody must: late, and one plan per 20 s. */
export const perfect = bound('perfect', extrapolated);
/** The same, knowing demand and capacity of the next 30 s as well. */
export const perfectAhead = bound('perfect-30s', foreknown);
/**
 * Capacity and every key's demand as they were on average when the news of a window of 10 s, 10 s old, is acted on; the
 * queue as it is.
 */
export const perfectLate = bound('perfect-20s-late', late(20, 20));
/** The same for minutes, 60 to 180 s old. So old a course is taken to have gone on for a part of the time. */
export const perfectByMinutes = bound('perfect-180s-late', late(180, 60));

function bound(name: string, outlookAt: OutlookAt): BenchLaw {
  const create = (context: LawContext) => perfectLaw(context, outlookAt);
  return { name, telemetry: { kind: 'none' }, tickSeconds: TICK_SECONDS, create };
}

function perfectLaw(context: LawContext, outlookAt: OutlookAt): Law<unknown> {
  const { knowledge, policy, baseline } = context;
  const contracts = new Contracts(baseline.tiers);
  return ({ live, now }) => {
    const outlook = outlookAt(knowledge, now);
    contracts.live(knowledge.keyDemand(now), now);
    const keys = contracts.cover(outlook.keys(PLAN_AHEAD_SECONDS));
    const laterCups = outlook.capacityCups(PLAN_AHEAD_SECONDS);
    const capacity = laterCups * (knowledge.isQueueless ? queuelessShare(laterCups, grainOf(keys)) : 1);
    const wanted = wantedOf(capacity, keys, policy);
    const tiers = nextPlans(live.tiers, capacity, wanted, keys, context);
    const soon = contracts.cover(outlook.keys(STAGE_AHEAD_SECONDS));
    const soonCups = outlook.capacityCups(STAGE_AHEAD_SECONDS);
    const total = stageTotal(context, soonCups, soon);
    const stage = nextStage(live, total, soon, context);
    return { state: undefined, conclusion: conclusionOf(total, wanted), desired: { stage, tiers } };
  };
}

function conclusionOf(totalCups: number, wanted: WantedByTier): Conclusion {
  const parts = [...wanted].map(([tier, { grant }]) => `${tier} ${grant.due.toFixed(0)} + ${grant.excess.toFixed(0)}`);
  return {
    kind: 'hold',
    verdict: 'trustworthy',
    rule: 'perfect',
    reason: `Total ${totalCups.toFixed(0)} cost units/s: ${parts.join(', ')}.`,
    wouldChange: 'Another present.',
    estimates: { totalCups },
  };
}

import type { Conclusion, Law, LawInput } from '../../../shared/control/types.ts';
import type { CostUnitsPerSecond, Limit, Limits, TierName } from '../../../shared/platform/units.ts';
import { tierPolicyOf } from '../../../shared/policy/schema.ts';
import type { BenchLaw, LawContext } from '../bench-law.ts';
import { type ContractKey, Contracts, levelOf, passingByMethod, passingByTier, sharesOf } from './known-demand.ts';

const TICK_SECONDS = 5;
/** A little work always waits, so that the backend never stands idle; far less than the objective's bound allows. */
const TARGET_BACKLOG_SECONDS = 0.08;
/** An excess of the queue goes within this time; where it makes answers late, faster. */
const CORRECTION_SECONDS = 20;
const HARMFUL_BACKLOG_SECONDS = 0.35;
const DRAIN_SECONDS = 6;
const LEAST_TOTAL_SHARE = 0.4;
/** Smaller changes of the stage are not worth a write. */
const STAGE_CHANGE_SHARE = 0.004;
/** Room above what passes the plans where they hold the total: the stage is blind to tiers. */
const STAGE_ROOM = 1.03;
const STAGE_BURST_SECONDS = 0.04;
const LEAST_STAGE_BURST = 10;
const PLAN_BURST_SECONDS = 2;
const LEAST_PLAN_BURST = 4;
/** A plan write must win this share of the total's weight. */
const WORTH_SHARE = 0.002;

/** Everything about the present is known; limits are written as everybody must: late, and one plan per 20 s. */
export const perfect: BenchLaw = {
  name: 'perfect',
  telemetry: { kind: 'none' },
  tickSeconds: TICK_SECONDS,
  create: (context) => perfectLaw(context),
};

function perfectLaw(context: LawContext): Law<unknown> {
  const { knowledge, policy } = context;
  const contracts = new Contracts(context.baseline.tiers);
  return (input) => {
    const keys = contracts.apply(knowledge.keyDemand(input.now), input.now);
    const total = totalFor(context, input.now);
    const shares = sharesOf(total, keys, policy);
    const tiers = nextTiers(shares, total, keys, input, context);
    const stage = stageFor(total, keys, input, context);
    return { state: undefined, conclusion: conclusionOf(total, shares), desired: { stage, tiers } };
  };
}

/** What may be admitted: what the backend does, less what shrinks its queue, or more where nothing waits. */
function totalFor({ knowledge }: LawContext, now: number): CostUnitsPerSecond {
  const capacity = knowledge.capacityCups(now);
  const waits = knowledge.backlogCups() / capacity;
  const gentle = (waits - TARGET_BACKLOG_SECONDS) / CORRECTION_SECONDS;
  const urgent = Math.max(0, waits - HARMFUL_BACKLOG_SECONDS) / DRAIN_SECONDS;
  return capacity * Math.max(LEAST_TOTAL_SHARE, knowledge.congestionFactor() - gentle - urgent);
}

/** The plans as they are, but for the one whose rewriting wins most. */
function nextTiers(
  shares: Readonly<Record<TierName, CostUnitsPerSecond>>,
  total: CostUnitsPerSecond,
  keys: readonly ContractKey[],
  input: LawInput<unknown>,
  context: LawContext,
): Limits['tiers'] {
  const { baseline, policy } = context;
  const live = input.live.tiers;
  const value = (tiers: Limits['tiers']) => {
    const passing = passingByTier(keys, tiers);
    const sum = Object.values(passing).reduce((a, b) => a + b, 0);
    const stage = Math.min(1, total / Math.max(sum, 1e-9));
    return Object.entries(passing).reduce(
      (weighted, [tier, cups]) =>
        weighted + tierPolicyOf(policy, tier).weight * Math.min(cups * stage, shares[tier] ?? 0),
      0,
    );
  };
  const now = value(live);
  let best = { tiers: live, gain: WORTH_SHARE * total };
  for (const [tier, resting] of Object.entries(baseline.tiers)) {
    const own = keys.filter((key) => key.tier === tier);
    const limit = limitFor(levelOf(shares[tier] ?? 0, own), resting, context);
    const tiers = { ...live, [tier]: limit };
    const gain = value(tiers) - now;
    if (gain > best.gain) best = { tiers, gain };
  }
  return best.tiers;
}

function limitFor(levelRps: number, resting: Limit, { knowledge }: LawContext): Limit {
  const rateRps = Math.max(0.1, Math.round((levelRps / (1 + knowledge.slack)) * 100) / 100);
  if (rateRps >= resting.rateRps) return resting;
  const burst = Math.max(LEAST_PLAN_BURST, Math.round(rateRps * PLAN_BURST_SECONDS));
  return { rateRps, burst: Math.min(resting.burst, burst) };
}

/** Exactly the total where the plans in force let more through; else what passes them, and some room. */
function stageFor(
  total: CostUnitsPerSecond,
  keys: readonly ContractKey[],
  input: LawInput<unknown>,
  { policy, baseline, knowledge }: LawContext,
): Limits['stage'] {
  const enforced = knowledge.enforced()?.tiers ?? input.live.tiers;
  const passing = passingByMethod(keys, enforced);
  const costOf = (method: string) => policy.methodCost[method] ?? 1;
  const sum = Object.entries(passing).reduce((cups, [method, rps]) => cups + rps * costOf(method), 0);
  if (sum === 0) return input.live.stage;
  const factor = sum > total * STAGE_ROOM ? total / sum : Math.max(STAGE_ROOM, total / sum);
  const settings = Object.entries(passing).map(([method, rps]): [string, Limit] => {
    const rateRps = Math.min(baseline.stage.rateRps, Math.max(1, (rps * factor) / (1 + knowledge.slack)));
    const burst = Math.max(LEAST_STAGE_BURST, Math.round(rateRps * STAGE_BURST_SECONDS));
    return [method, { rateRps: Math.round(rateRps * 10) / 10, burst }];
  });
  const wanted = { ...input.live.stage, ...Object.fromEntries(settings) };
  return isWorthWriting(wanted, input.live.stage) ? wanted : input.live.stage;
}

function isWorthWriting(wanted: Limits['stage'], live: Limits['stage']): boolean {
  return Object.entries(wanted).some(([key, limit]) => {
    const current = live[key];
    return current === undefined || Math.abs(limit.rateRps / current.rateRps - 1) > STAGE_CHANGE_SHARE;
  });
}

function conclusionOf(totalCups: number, shares: Readonly<Record<TierName, CostUnitsPerSecond>>): Conclusion {
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

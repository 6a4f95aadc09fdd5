import type { Limit } from '../../limits/limit.ts';
import { type Limits, limitOf } from '../../limits/limits.ts';
import { type MethodKey, STAGE_DEFAULT } from '../../limits/method-key.ts';
import { own } from '../../platform/records.ts';
import type { CostUnitsPerSecond, TierName } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import { costByMethod, sumOf } from '../telling/demand.ts';
import { doPlansHold, type Situation } from './desired-limits.ts';
import { minuteSplit } from './minute-split.ts';
import { arePlansCut } from './minute-tiers.ts';
import { stageCapacity, stageFor, stagesAgree, withTightBursts } from './standing.ts';

type TierLimits = Readonly<Record<TierName, Limit>>;

/** The stage's settings: the total where the stage must hold it, with room where the plans do, the guard at rest. */
export function desiredStage(situation: Situation, tiers: TierLimits): Limits['stage'] {
  const { input, memory, before } = situation;
  const { policy } = input;
  const standing = withKeysOf(input.live.stage, withTightBursts(before.stage, policy));
  const expected = costByMethod(memory.demand, tiers, policy);
  const totalCups = stageTotal(situation, sumOf(expected));
  if (totalCups === null) return standing;
  const overrides = Object.keys(standing).filter((key) => key !== STAGE_DEFAULT);
  const isBraking = isHeldDown(situation);
  const isSplitSeen = isBraking && !situation.isDemandKnown && arePlansCut(situation.before.tiers, input.baseline);
  const split = isSplitSeen ? minuteSplit(situation, totalCups) : expected;
  const wanted = stageFor(totalCups, split, overrides, minorRoom(situation, isBraking), input);
  if (situation.isStageForced) return wanted;
  if (isBraking) return stagesAgree(wanted, standing, policy.guardrails.ignoreShiftShare) ? standing : wanted;
  return isGuardKept({ standing, wanted, expected, totalCups }, situation) ? standing : wanted;
}

/** Demand exceeds the total, or less than demand is let in on purpose: the stage must not stand above the total. */
function isHeldDown({ isContended, tracker }: Situation): boolean {
  return isContended || tracker.phase === 'drain' || tracker.errorTest?.verdict === 'running';
}

/** Room of minor methods: none while the stage must hold the total alone, some while the plans do, more at rest. */
function minorRoom(situation: Situation, isBraking: boolean): number {
  const { guard } = situation.input.policy;
  if (!isBraking) return guard.methodSlackFactor;
  return situation.tracker.phase === 'drain' || !doPlansHold(situation) ? 1 : guard.heldRoomFactor;
}

interface GuardChange {
  readonly standing: Limits['stage'];
  readonly wanted: Limits['stage'];
  readonly expected: Readonly<Record<MethodKey, CostUnitsPerSecond>>;
  readonly totalCups: CostUnitsPerSecond;
}

/** At rest the stage moves only when demand comes close to it, or it is far too loose; near the knee only downwards. */
function isGuardKept(change: GuardChange, { input, memory, guardCups }: Situation): boolean {
  const { policy } = input;
  const { standing, wanted, expected, totalCups } = change;
  const isAtKnee = memory.headroom < policy.guard.kneeHeadroomShare;
  const lowerBelowShare = isAtKnee ? policy.guard.lowerAtKneeShare : policy.guard.lowerBelowShare;
  const isLoose = totalCups < lowerBelowShare * stageCapacity(standing, expected, policy);
  const isLowerable = guardCups !== null && memory.healthySeconds >= policy.guard.warmUpSeconds;
  return (isAtKnee || hasRoom(standing, wanted, expected, policy)) && !(isLoose && isLowerable);
}

/** Live overrides that we did not know detach their methods: they are adopted, to be kept in step. */
function withKeysOf(live: Limits['stage'], ours: Limits['stage']): Limits['stage'] {
  const added = Object.entries(live).filter(([key]) => own(ours, key) === undefined);
  return added.length === 0 ? ours : { ...ours, ...Object.fromEntries(added) };
}

function stageTotal(situation: Situation, expectedCups: CostUnitsPerSecond): number | null {
  const { input, memory, tracker, guardCups } = situation;
  const { policy } = input;
  const { methodSlackFactor, kneeRoomFactor } = policy.guard;
  const roomFactor = Math.min(
    methodSlackFactor,
    kneeRoomFactor + (methodSlackFactor - kneeRoomFactor) * memory.headroom,
  );
  const mostRoom = situation.isDemandKnown ? roomFactor : Math.min(roomFactor, policy.minutes.roomFactor);
  const roomy = mostRoom * expectedCups;
  if (isHeldDown(situation) && tracker.totalCups !== null) return tracker.totalCups / memory.slack;
  const standing = Math.min(tracker.totalCups ?? Number.POSITIVE_INFINITY, guardCups ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(standing) ? Math.max(standing, roomy) : null;
}

/** No method's demand comes close to its limit, unless the limit could not be higher anyway. */
function hasRoom(
  standing: Limits['stage'],
  wanted: Limits['stage'],
  expected: Readonly<Record<MethodKey, CostUnitsPerSecond>>,
  policy: Policy,
): boolean {
  return Object.entries(expected).every(([method, cups]) => {
    const standingRps = limitOf(standing, method)?.rateRps ?? 0;
    const wantedRps = limitOf(wanted, method)?.rateRps ?? 0;
    const neededRps = (policy.guard.demandRoomFactor * cups) / (own(policy.methodCost, method) ?? 1);
    return standingRps >= Math.min(neededRps, wantedRps);
  });
}

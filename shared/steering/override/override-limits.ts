import { stageBurst } from '../../law/sharing/standing.ts';
import type { Baseline } from '../../law/types.ts';
import { isShut, writableLimits } from '../../limits/bounds.ts';
import { isSameLimit, type Limit, lowerLimit } from '../../limits/limit.ts';
import { type LimitName, withValuesFrom } from '../../limits/limit-name.ts';
import { type Limits, limitOf, NO_LIMITS, type StageLimits } from '../../limits/limits.ts';
import { mapRecord, own, recordOf } from '../../platform/records.ts';
import type { EpochMs } from '../../platform/units.ts';
import type { Kill, Override, Pin } from '../../policy/schema/override-schema.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { WayBack } from '../../state/way-back.ts';

/** Rates are written with two decimals: a smaller step would be none. */
const LEAST_STEP_RPS = 0.01;

/** Everything that the limits under an override depend on. */
export interface OverrideInput {
  /** The limits in force. */
  readonly live: Limits;
  /** Limits that are not written in this tick, whatever is wanted. */
  readonly left: readonly LimitName[];
  readonly account: Limit;
  /** What the law wants. */
  readonly desired: Limits;
  /** Undefined for `resume`, for a pin that is over, and where there is none. */
  readonly override: Override | undefined;
  /** What earlier overrides left. */
  readonly wayBack: WayBack | undefined;
  readonly policy: Policy;
  /** Where the limits rest. */
  readonly resting: Baseline;
  /** When our last write of the stage should be in force; 0 when we never wrote. */
  readonly lastStageMs: EpochMs;
  readonly now: EpochMs;
}

export interface Overridden {
  readonly limits: Limits;
  /** To be remembered before anything is written: the limits that a brake replaces must not be lost. */
  readonly wayBack: WayBack | undefined;
  /** To be remembered once the limits are written; undefined when everything is back under control. */
  readonly nextWayBack: WayBack | undefined;
  /** Whether `limits` are to be written: `policy` leaves it to the policy's mode. */
  readonly writes: 'never' | 'always' | 'policy';
}

/** Whether an override sets the limits of the stage: a kill, or a pin of the stage. */
export function setsStage(override: Override | undefined): boolean {
  return override?.action !== 'pause' && takesStage(override);
}

/** Whether an override takes the stage, and with it the total, out of the law's hands. */
export function takesStage(override: Override | undefined): boolean {
  return override !== undefined && (override.action !== 'pin' || override.stage !== undefined);
}

/**
 * What the limits should be, given what the law wants and what the operator does: pause keeps what is in force, kill
 * takes the stage down to its floor, a pin replaces what it names, and afterwards the stage is led back in the
 * guardrail's steps. Pure.
 */
export function underOverride(input: OverrideInput): Overridden {
  const { live, override } = input;
  if (override?.action === 'pause') return { limits: live, ...remembered(noted(input)), writes: 'never' };
  if (override?.action === 'kill') {
    const floor = emergencyFloor(override, input);
    const limits = keepingLeft(input, { ...live, stage: mapRecord(live.stage, (limit) => lowerLimit(limit, floor)) });
    return { limits, ...remembered(noted(input)), writes: 'always' };
  }
  if (override?.action === 'pin') return pinned(input, override);
  return returning(input);
}

/** The same limits, with those that are left alone as they are in force. */
const keepingLeft = ({ live, left }: OverrideInput, limits: Limits): Limits => withValuesFrom(limits, left, live);

const remembered = (wayBack: WayBack) => ({ wayBack, nextWayBack: wayBack });

/** What a kill leaves of each method: its own floor, or the policy's share of the deployed stage rate. */
export function emergencyFloor({ floor }: Kill, { policy, resting }: Pick<OverrideInput, 'policy' | 'resting'>): Limit {
  if (floor) return floor;
  const share = policy.brakes.emergencyFloorShare * resting.stage.rateRps;
  const rateRps = Math.max(policy.guardrails.leastRateRps, share);
  return { rateRps, burst: stageBurst(rateRps, policy) };
}

/** Notes the limits that an override replaces, once: where the law does not enforce, they are restored afterwards. */
function noted({ wayBack, override, live }: OverrideInput): WayBack {
  const known = wayBack?.restorePoint ?? NO_LIMITS;
  const isStageReplaced = setsStage(override) && Object.keys(known.stage).length === 0;
  const pinnedTiers = override?.action === 'pin' ? Object.keys(override.tiers ?? {}) : [];
  const found = Object.entries(live.tiers).filter(([tier]) => pinnedTiers.includes(tier));
  return {
    restorePoint: {
      stage: isStageReplaced ? live.stage : known.stage,
      tiers: { ...Object.fromEntries(found), ...known.tiers },
    },
    isStageAway: takesStage(override) || (wayBack?.isStageAway ?? false),
  };
}

function pinned(input: OverrideInput, { stage, tiers = {} }: Pin): Overridden {
  const { live } = input;
  const wayBack = noted(input);
  // A plan that could not be read has not been noted either, and is pinned once it has.
  const known = recordOf(Object.entries(tiers).filter(([tier]) => own(live.tiers, tier)));
  if (stage) {
    // Shares of a total that is not the law's mean nothing: the other plans stay.
    const limits = { stage: mapRecord(live.stage, () => stage), tiers: { ...live.tiers, ...known } };
    return { limits: keepingLeft(input, limits), ...remembered(wayBack), writes: 'always' };
  }
  const rest = ledBack(input, wayBack);
  return {
    limits: { stage: rest.stage, tiers: { ...rest.goal.tiers, ...known } },
    wayBack,
    nextWayBack: afterStep(wayBack, rest.isStageAway),
    writes: 'always',
  };
}

/** The way back from the limits in force, the stage in steps; the plans may follow at once, for the stage bounds all. */
function returning(input: OverrideInput): Overridden {
  const { wayBack, live, policy } = input;
  if (!wayBack) return { limits: input.desired, wayBack, nextWayBack: undefined, writes: 'policy' };
  const { stage, goal, isStageAway } = ledBack(input, wayBack);
  const enforces = policy.mode === 'enforce';
  const isBack = enforces || (agree(stage, live.stage, live.stage) && areClose(goal.tiers, live.tiers, policy));
  const isOver = !isStageAway && isBack;
  return {
    limits: { stage, tiers: goal.tiers },
    wayBack,
    nextWayBack: isOver ? undefined : afterStep(wayBack, isStageAway),
    writes: enforces || isOver ? 'policy' : 'always',
  };
}

/** Where the limits belong, and how near to it the stage may come now. */
function ledBack(input: OverrideInput, wayBack: WayBack) {
  const { live, desired, policy, account } = input;
  const { restorePoint } = wayBack;
  // As API Gateway will keep them: the way back to a limit that cannot come into force would have no end.
  const before = {
    stage: { ...live.stage, ...writableLimits(restorePoint.stage, account) },
    tiers: { ...live.tiers, ...writableLimits(restorePoint.tiers, account) },
  };
  // To the law where it enforces, else back to where the first brake found them.
  const goal = keepingLeft(input, policy.mode === 'enforce' ? desired : before);
  const stage = wayBack.isStageAway ? stepTowards(input, goal.stage) : goal.stage;
  return { goal, stage, isStageAway: wayBack.isStageAway && !agree(stage, goal.stage, live.stage) };
}

/** A stage that is back can be replaced anew, and is then noted anew. */
function afterStep(wayBack: WayBack, isStageAway: boolean): WayBack {
  const { restorePoint } = wayBack;
  return { ...wayBack, restorePoint: isStageAway ? restorePoint : { ...restorePoint, stage: {} }, isStageAway };
}

/** One guardrail's step from each limit in force towards its goal; raises are paced, cuts are not. */
function stepTowards(input: OverrideInput, goal: StageLimits): StageLimits {
  const { live } = input;
  const methods = [...new Set([...Object.keys(live.stage), ...Object.keys(goal)])];
  const steps = methods.flatMap((method): [string, Limit][] => {
    const from = limitOf(live.stage, method);
    const to = limitOf(goal, method);
    return from && to ? [[method, step(from, to, input)]] : [];
  });
  return keepingLeft(input, { stage: Object.fromEntries(steps), tiers: {} }).stage;
}

function step(from: Limit, to: Limit, input: OverrideInput): Limit {
  const { policy, lastStageMs, now } = input;
  const { largestStepUpShare, largestStepDownShare, raiseCooldownSeconds } = policy.guardrails;
  // A raise is not made on top of one that is not yet in force everywhere.
  const mayRaise = now >= lastStageMs + raiseCooldownSeconds * 1000;
  const most = mayRaise ? largestRaise(from, largestStepUpShare, input) : from.rateRps;
  const rateRps = Math.min(most, Math.max(to.rateRps, from.rateRps * (1 - largestStepDownShare)));
  const isThere = rateRps === to.rateRps;
  if (!isThere && rateRps === from.rateRps) return from;
  const burst = isThere ? to.burst : Math.min(to.burst, Math.max(from.burst, stageBurst(rateRps, policy)));
  return { rateRps, burst };
}

/** From a limit that was shut no share leads anywhere: it is opened to the emergency floor. */
function largestRaise(from: Limit, share: number, input: OverrideInput): number {
  if (isShut(from)) return Math.max(from.rateRps, emergencyFloor({ action: 'kill' }, input).rateRps);
  return Math.max(from.rateRps * (1 + share), from.rateRps + LEAST_STEP_RPS);
}

/** Whether every method that either names, or that is in force, has the same limit under both. */
function agree(left: StageLimits, right: StageLimits, live: StageLimits): boolean {
  const methods = Object.keys({ ...left, ...right, ...live });
  return methods.every((method) => {
    const [a, b] = [limitOf(left, method), limitOf(right, method)];
    return a === b || isSameLimit(a, b);
  });
}

/** As close as the plan writer will make them. */
function areClose(wanted: Limits['tiers'], live: Limits['tiers'], policy: Policy): boolean {
  const isClose = (a: number, b: number) => Math.abs(a / b - 1) <= policy.guardrails.ignoreChangeShare;
  return Object.entries(wanted).every(([tier, limit]) => {
    const current = own(live, tier);
    if (!current || isSameLimit(limit, current)) return true;
    return isClose(limit.rateRps, current.rateRps) && isClose(limit.burst, current.burst);
  });
}

import { stageBurst } from '../../law/sharing/standing.ts';
import type { Baseline } from '../../law/types.ts';
import { type Limit, lowerLimit } from '../../limits/limit.ts';
import { type Limits, limitOf, NO_LIMITS, type StageLimits } from '../../limits/limits.ts';
import { mapRecord } from '../../platform/records.ts';
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
    const stage = mapRecord(live.stage, (limit) => lowerLimit(limit, emergencyFloor(override, input)));
    return { limits: { stage, tiers: live.tiers }, ...remembered(noted(input)), writes: 'always' };
  }
  if (override?.action === 'pin') return pinned(input, override);
  return returning(input);
}

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
  const isStageReplaced = takesStage(override) && override?.action !== 'pause' && Object.keys(known.stage).length === 0;
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
  if (stage) {
    // Shares of a total that is not the law's mean nothing: the other plans stay.
    const limits = { stage: mapRecord(live.stage, () => stage), tiers: { ...live.tiers, ...tiers } };
    return { limits, ...remembered(wayBack), writes: 'always' };
  }
  const rest = ledBack(input, wayBack);
  return {
    limits: { stage: rest.stage, tiers: { ...rest.goal.tiers, ...tiers } },
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
  const { live, desired, policy } = input;
  const { restorePoint } = wayBack;
  const before = {
    stage: { ...live.stage, ...restorePoint.stage },
    tiers: { ...live.tiers, ...restorePoint.tiers },
  };
  // To the law where it enforces, else back to where the first brake found them.
  const goal = policy.mode === 'enforce' ? desired : before;
  const stage = wayBack.isStageAway ? stepTowards(input, goal.stage) : goal.stage;
  return { goal, stage, isStageAway: wayBack.isStageAway && !agree(stage, goal.stage, live.stage) };
}

/** A stage that is back can be replaced anew, and is then noted anew. */
function afterStep(wayBack: WayBack, isStageAway: boolean): WayBack {
  const { restorePoint } = wayBack;
  return { ...wayBack, restorePoint: isStageAway ? restorePoint : { ...restorePoint, stage: {} }, isStageAway };
}

/** One guardrail's step from each limit in force towards its goal; raises are paced, cuts are not. */
function stepTowards({ live, policy, lastStageMs, now }: OverrideInput, goal: StageLimits): StageLimits {
  // A raise is not made on top of one that is not yet in force everywhere.
  const mayRaise = now >= lastStageMs + policy.guardrails.raiseCooldownSeconds * 1000;
  const methods = [...new Set([...Object.keys(live.stage), ...Object.keys(goal)])];
  const steps = methods.flatMap((method): [string, Limit][] => {
    const from = limitOf(live.stage, method);
    const to = limitOf(goal, method);
    return from && to ? [[method, step(from, to, mayRaise, policy)]] : [];
  });
  return Object.fromEntries(steps);
}

function step(from: Limit, to: Limit, mayRaise: boolean, policy: Policy): Limit {
  const { largestStepUpShare, largestStepDownShare } = policy.guardrails;
  const raised = Math.max(from.rateRps * (1 + largestStepUpShare), from.rateRps + LEAST_STEP_RPS);
  const most = mayRaise ? raised : from.rateRps;
  const rateRps = Math.min(most, Math.max(to.rateRps, from.rateRps * (1 - largestStepDownShare)));
  const isThere = rateRps === to.rateRps;
  if (!isThere && rateRps === from.rateRps) return from;
  const burst = isThere ? to.burst : Math.min(to.burst, Math.max(from.burst, stageBurst(rateRps, policy)));
  return { rateRps, burst };
}

/** Whether every method that either names, or that is in force, has the same limit under both. */
function agree(left: StageLimits, right: StageLimits, live: StageLimits): boolean {
  const methods = Object.keys({ ...left, ...right, ...live });
  return methods.every((method) => {
    const [a, b] = [limitOf(left, method), limitOf(right, method)];
    return a?.rateRps === b?.rateRps && a?.burst === b?.burst;
  });
}

/** As close as the plan writer will make them. */
function areClose(wanted: Limits['tiers'], live: Limits['tiers'], policy: Policy): boolean {
  const isClose = (a: number, b: number) => Math.abs(a / b - 1) <= policy.guardrails.ignoreChangeShare;
  return Object.entries(wanted).every(([tier, limit]) => {
    const current = live[tier];
    return !current || (isClose(limit.rateRps, current.rateRps) && isClose(limit.burst, current.burst));
  });
}

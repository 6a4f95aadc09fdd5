import { stageBurst } from '../../../shared/law/sharing/standing.ts';
import type { Baseline } from '../../../shared/law/types.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import type { EpochMs, TierName } from '../../../shared/platform/units.ts';
import type { Kill, Override } from '../../../shared/policy/schema/override-schema.ts';
import type { Policy } from '../../../shared/policy/schema/policy-schema.ts';
import type { Hold } from '../../../shared/state/hold-record.ts';

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
  readonly hold: Hold | undefined;
  readonly policy: Policy;
  readonly baseline: Baseline;
  /** When our last write of the stage should be in force; 0 when we never wrote. */
  readonly lastStageMs: EpochMs;
  readonly now: EpochMs;
}

export interface OverrideOutput {
  readonly limits: Limits;
  /** To be remembered before anything is written: what a brake replaces must not be lost with it. */
  readonly noted: Hold | undefined;
  /** To be remembered once the limits are written; undefined when everything is back under control. */
  readonly hold: Hold | undefined;
  /** Whether `limits` are to be written: `policy` leaves it to the policy's mode. */
  readonly writes: 'never' | 'always' | 'policy';
}

type StageLimits = Limits['stage'];

/** Whether an override takes the stage, and with it the total, out of the law's hands. */
export function holdsStage(override: Override | undefined): boolean {
  return override !== undefined && (override.action !== 'pin' || override.stage !== undefined);
}

/**
 * What the limits should be, given what the law wants and what the operator does: pause keeps what is in force, kill
 * takes the stage down to its floor, a pin replaces what it names, and afterwards the stage is led back in the
 * guardrail's steps. Pure.
 */
export function underOverride(input: OverrideInput): OverrideOutput {
  const { live, override } = input;
  if (override?.action === 'pause') return { limits: live, ...remembered(held(input)), writes: 'never' };
  if (override?.action === 'kill') {
    const stage = mapLimits(live.stage, (limit) => lower(limit, emergencyFloor(override, input)));
    return { limits: { stage, tiers: live.tiers }, ...remembered(held(input)), writes: 'always' };
  }
  if (override?.action === 'pin') return pinned(input, override.stage, override.tiers ?? {});
  return returning(input);
}

const remembered = (hold: Hold | undefined) => ({ noted: hold, hold });

/** What a kill leaves of each method: its own floor, or the policy's share of the deployed stage rate. */
export function emergencyFloor(
  { floor }: Kill,
  { policy, baseline }: Pick<OverrideInput, 'policy' | 'baseline'>,
): Limit {
  if (floor) return floor;
  const share = policy.brakes.emergencyFloorShare * baseline.stage.rateRps;
  const rateRps = Math.max(policy.guardrails.leastRateRps, share);
  return { rateRps, burst: stageBurst(rateRps, policy) };
}

/** Notes what a brake that writes finds, once: what it will be restored to where the law does not enforce. */
function held({ hold, override, live }: OverrideInput): Hold {
  const known = hold?.restorePoint ?? NOTHING;
  const takesStage = holdsStage(override) && override?.action !== 'pause' && Object.keys(known.stage).length === 0;
  const pinnedTiers = override?.action === 'pin' ? Object.keys(override.tiers ?? {}) : [];
  const found = Object.entries(live.tiers).filter(([tier]) => pinnedTiers.includes(tier));
  return {
    restorePoint: {
      stage: takesStage ? live.stage : known.stage,
      tiers: { ...Object.fromEntries(found), ...known.tiers },
    },
    isStageHeld: holdsStage(override) || (hold?.isStageHeld ?? false),
  };
}

const NOTHING: Limits = { stage: {}, tiers: {} };

function pinned(
  input: OverrideInput,
  stage: Limit | undefined,
  tiers: Readonly<Record<TierName, Limit>>,
): OverrideOutput {
  const { live } = input;
  const hold = held(input);
  if (stage) {
    // Shares of a total that is not the law's mean nothing: the other plans stay.
    const limits = { stage: mapLimits(live.stage, () => stage), tiers: { ...live.tiers, ...tiers } };
    return { limits, ...remembered(hold), writes: 'always' };
  }
  const rest = ledBack({ ...input, hold });
  return {
    limits: { stage: rest.stage, tiers: { ...rest.goal.tiers, ...tiers } },
    noted: hold,
    hold: afterStep(hold, rest.isStageHeld),
    writes: 'always',
  };
}

/** The way back from the values in force, the stage in steps; the plans may follow at once, for the stage bounds all. */
function returning(input: OverrideInput): OverrideOutput {
  const { hold, live, policy } = input;
  if (!hold) return { limits: input.desired, ...remembered(undefined), writes: 'policy' };
  const { stage, goal, isStageHeld } = ledBack({ ...input, hold });
  const limits = { stage, tiers: goal.tiers };
  const enforces = policy.mode === 'enforce';
  const isBack = enforces || (agree(stage, live.stage, live.stage) && areClose(goal.tiers, live.tiers, policy));
  const isOver = !isStageHeld && isBack;
  return {
    limits,
    noted: hold,
    hold: isOver ? undefined : afterStep(hold, isStageHeld),
    writes: enforces || isOver ? 'policy' : 'always',
  };
}

/** Where the limits belong, and how near to it the stage may come now. */
function ledBack(input: OverrideInput & { readonly hold: Hold }) {
  const { live, desired, hold, policy } = input;
  const { restorePoint } = hold;
  const before = {
    stage: { ...live.stage, ...restorePoint.stage },
    tiers: { ...live.tiers, ...restorePoint.tiers },
  };
  // To the law where it enforces, else back to where the first brake found them.
  const goal = policy.mode === 'enforce' ? desired : before;
  const stage = hold.isStageHeld ? stepTowards(input, goal.stage) : goal.stage;
  return { goal, stage, isStageHeld: hold.isStageHeld && !agree(stage, goal.stage, live.stage) };
}

/** A stage that is back is free to be held anew, and then noted anew. */
function afterStep(hold: Hold, isStageHeld: boolean): Hold {
  const { restorePoint } = hold;
  return { ...hold, restorePoint: isStageHeld ? restorePoint : { ...restorePoint, stage: {} }, isStageHeld };
}

/** One guardrail's step from each limit in force towards its goal; raises are paced, cuts are not. */
function stepTowards({ live, policy, lastStageMs, now }: OverrideInput, goal: StageLimits): StageLimits {
  // A raise is not made on top of one that is not yet in force everywhere.
  const mayRaise = now >= lastStageMs + policy.guardrails.raiseCooldownSeconds * 1000;
  const methods = [...new Set([...Object.keys(live.stage), ...Object.keys(goal)])];
  const steps = methods.flatMap((method): [string, Limit][] => {
    const from = live.stage[method] ?? live.stage[STAGE_DEFAULT];
    const to = goal[method] ?? goal[STAGE_DEFAULT];
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

function lower(left: Limit, right: Limit): Limit {
  return { rateRps: Math.min(left.rateRps, right.rateRps), burst: Math.min(left.burst, right.burst) };
}

function mapLimits(limits: StageLimits, change: (limit: Limit) => Limit): StageLimits {
  return Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, change(limit)]));
}

/** Whether every method that either names, or that is in force, has the same limit under both. */
function agree(left: StageLimits, right: StageLimits, live: StageLimits): boolean {
  const methods = Object.keys({ ...left, ...right, ...live });
  return methods.every((method) => {
    const [a, b] = [left[method] ?? left[STAGE_DEFAULT], right[method] ?? right[STAGE_DEFAULT]];
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

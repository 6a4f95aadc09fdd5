import { planWriteRules } from '../law/allocation/plan-write-rules.ts';
import { isStageOutOfStep, writableLimits } from '../limits/bounds.ts';
import { isSameLimit, type Limit } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';
import { emptyRecord, own } from '../platform/records.ts';
import type { EpochMs } from '../platform/units.ts';
import type { Policy } from '../policy/schema/policy-schema.ts';
import type { Decision } from '../state/decisions.ts';
import type { Desired, DesiredPlan } from '../state/desired.ts';
import type { WayBack } from '../state/way-back.ts';
import { decisionAbout } from './decision.ts';
import type { Draft } from './draft.ts';
import { explainLeft, withoutLeft } from './leave-alone.ts';
import { baselineOf } from './resting-limits.ts';

/** What is to be done about one API, and what is to be recorded and remembered of it. */
export interface Steering extends Pick<Draft, 'drift' | 'unusable' | 'isFinal' | 'lawState'> {
  /** The limits that the stage and the plans should have; undefined where nothing is enforced. */
  readonly desired: Desired | undefined;
  /** The stage limits to write now; undefined where the stage has them. */
  readonly stage: Limits['stage'] | undefined;
  readonly decision: Decision;
  /** To be remembered before anything is written. */
  readonly wayBack: WayBack | undefined;
  /** To be remembered once the limits are written. */
  readonly nextWayBack: WayBack | undefined;
}

/** Limits that an operator asks for are written to the letter; less than this share is AWS's rounding. */
const EXACT_SHARE = 0.001;

/** Turns what the steps have concluded into what the tick has to do. */
export function conclude(draft: Draft): Steering {
  const { observation, settings, conclusion, writes } = draft;
  const { live, account } = observation;
  const { stage } = withoutLeft(draft);
  const policy = policyOfWrites(draft);
  const isEnforced = policy.mode === 'enforce';
  const { drift, unusable, isFinal, lawState, wayBack, nextWayBack } = draft;
  return {
    ...{ drift, isFinal, lawState, wayBack, nextWayBack },
    ...(unusable && { unusable }),
    desired: isEnforced ? desiredOf(draft, policy) : undefined,
    stage: isEnforced && isStageOutOfStep(stage, live.stage, account) ? stage : undefined,
    decision: decisionAbout(
      settings.governed,
      { ...conclusion, reason: conclusion.reason + explainLeft(draft) },
      {
        atMs: observation.now,
        trigger: draft.trigger,
        mode: writes === 'never' ? 'paused' : policy.mode,
        before: live,
        after: draft.limits,
        evidence: evidenceNote(observation),
      },
    ),
  };
}

/** The policy as far as writing goes: a pause writes nothing, a pin and a kill are written, whatever the policy's mode. */
function policyOfWrites({ settings, writes }: Draft): Policy {
  const { policy } = settings.governed;
  if (writes === 'policy') return policy;
  if (writes === 'never') return { ...policy, mode: 'shadow' };
  return { ...policy, mode: 'enforce', guardrails: { ...policy.guardrails, ignoreChangeShare: EXACT_SHARE } };
}

/** Limits as API Gateway will keep them: a limit that can never be in force must not stay in the backlog for ever. */
function desiredOf(draft: Draft, policy: Policy): Desired {
  const { observation, settings, planOrder } = draft;
  const { now, account, desired: before } = observation;
  const limits = withoutLeft(draft);
  const { deployed } = settings;
  const plans = emptyRecord<DesiredPlan>();
  for (const [tier, limit] of Object.entries(writableLimits(limits.tiers, account))) {
    const planId = own(deployed.tiers, tier)?.planId;
    if (planId !== undefined) plans[tier] = { planId, limit, sinceMs: sinceOf(limit, own(before?.plans, tier), now) };
  }
  const rules = { ...planWriteRules(policy, writableLimits(baselineOf(deployed).tiers, account)), planOrder };
  return { stage: writableLimits(limits.stage, account), plans, rules, decidedMs: now };
}

/** A limit that was wanted before has waited since then. */
function sinceOf(limit: Limit, before: DesiredPlan | undefined, now: EpochMs): EpochMs {
  return before && isSameLimit(before.limit, limit) ? before.sinceMs : now;
}

function evidenceNote({ evidence: { windows, trust } }: Draft['observation']): Decision['evidence'] {
  const newestMs = windows.map((window) => window.startMs).sort((a, b) => b - a)[0];
  return { windows: windows.length, newestMs, ...trust };
}

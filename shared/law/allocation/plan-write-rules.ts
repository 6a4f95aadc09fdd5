import type { Limits } from '../../limits/limits.ts';
import { PLAN_WRITE_MARGIN_MS } from '../../platform/aws-assumptions.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { PlanWriteRules } from './plan-writes.ts';
import { inOrderOfSacrifice } from './sacrifice.ts';

/** The rules for writing plans that follow from a policy; `resting` holds the limit of each tier at rest. */
export function planWriteRules(policy: Policy, resting: Limits['tiers']): PlanWriteRules {
  return {
    sacrificeOrder: inOrderOfSacrifice(policy, Object.keys(resting)),
    resting,
    ignoreChangeShare: policy.guardrails.ignoreChangeShare,
    intervalMs: policy.guardrails.planWriteSeconds * 1000 + PLAN_WRITE_MARGIN_MS,
  };
}

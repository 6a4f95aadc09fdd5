import type { MethodSetting, ThrottleSettings } from '@aws-sdk/client-api-gateway';
import { normaliseMethodKey } from '../../gateway/deployed/method-spelling.ts';
import type { PlanLimits } from '../../gateway/enforcement/enforced-plan.ts';
import type { StageLimits } from '../../gateway/enforcement/enforced-stage.ts';
import type { Quota } from '../../gateway/enforcement/usage-meter.ts';
import type { Limit } from '../../kernel/quantities.ts';
import type { StoredPlan, StoredStage } from './apigateway-state.ts';

/** The limits in a stage's method settings; every record there has both numbers. */
export function stageLimits(stage: StoredStage): StageLimits {
  const entries = Object.entries<MethodSetting>(stage.methodSettings).map(([key, setting]) => [
    normaliseMethodKey(key),
    { rateRps: setting.throttlingRateLimit ?? -1, burst: setting.throttlingBurstLimit ?? -1 },
  ]);
  return Object.fromEntries(entries);
}

/** A plan's limits for each of its keys. */
export function planLimits(plan: StoredPlan): PlanLimits {
  const methods: Record<string, Record<string, Limit>> = {};
  for (const { apiId, stage, throttle } of plan.apiStages) {
    const limits = Object.entries<ThrottleSettings>(throttle ?? {}).map(([key, one]) => [key, limitOf(one)]);
    if (limits.length > 0) methods[`${apiId}:${stage}`] = Object.fromEntries(limits);
  }
  return plan.throttle ? { throttle: limitOf(plan.throttle), methods } : { methods };
}

/** What AWS does with a throttle of one number alone is not known; the missing one is assumed to be 0. */
const limitOf = (throttle: ThrottleSettings): Limit => ({
  rateRps: throttle.rateLimit ?? 0,
  burst: throttle.burstLimit ?? 0,
});

export function planQuota(plan: StoredPlan): Quota | undefined {
  const { quota } = plan;
  if (quota?.limit === undefined || !quota.period) return undefined;
  return { limit: quota.limit, offset: quota.offset ?? 0, period: quota.period };
}

import { isDeepStrictEqual } from 'node:util';
import type { KeyId, Limit } from '../../kernel/quantities.ts';
import type { RandomOf } from '../../kernel/random.ts';
import type { Clock } from '../../kernel/simulation-clock.ts';
import { EnforcedPlan, type PlanLimits } from './enforced-plan.ts';
import { EnforcedStage, type StageLimits } from './enforced-stage.ts';
import { type DelayMs, Propagation } from './propagation.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Quota } from './usage-meter.ts';

export interface EnforcementOptions {
  readonly clock: Clock;
  readonly randomOf: RandomOf;
  /** The account's bucket, shared by every API. */
  readonly accountLimit: Limit;
  /** Share by which buckets refill faster than their rate says. */
  readonly enforcementSlack: number;
  readonly stagePropagationMs: DelayMs;
  readonly planPropagationMs: DelayMs;
  readonly stageRefusalSpendsPlanToken: boolean;
}

/** A limit set as last written (`asked`) and as the data plane enforces it at present. */
interface Governed<Enforced, Asked> {
  readonly enforced: Enforced;
  asked: Asked;
}

/**
 * All limits of the account as the data plane enforces them. What is created is in force at once; what is changed
 * takes effect after a propagation delay, in the order of the changes.
 */
export class Enforcement {
  readonly account: TokenBucket;
  readonly options: EnforcementOptions;
  /** Changes whenever something that a stage door may have remembered could differ. */
  version = 0;
  private readonly propagation: Propagation;
  private readonly stages = new Map<string, Governed<EnforcedStage, StageLimits>>();
  private readonly plans = new Map<string, Governed<EnforcedPlan, PlanLimits>>();

  constructor(options: EnforcementOptions) {
    this.options = options;
    this.account = new TokenBucket(options.accountLimit, options.enforcementSlack, options.clock.now());
    this.propagation = new Propagation(options.clock, options.randomOf);
  }

  /** Keys, associations or deployments changed: doors must look again. */
  invalidate(): void {
    this.version++;
  }

  /** `stage` is `<api id>:<stage name>`. */
  putStage(stage: string, limits: StageLimits): void {
    const governed = this.stages.get(stage);
    if (!governed) {
      const enforced = new EnforcedStage(limits, this.options.enforcementSlack);
      this.stages.set(stage, { enforced, asked: limits });
      this.invalidate();
    } else {
      this.change(`stage ${stage}`, this.options.stagePropagationMs, governed, limits);
    }
  }

  putPlan(planId: string, limits: PlanLimits, quota: Quota | undefined): void {
    const governed = this.plans.get(planId);
    if (!governed) {
      const enforced = new EnforcedPlan(limits, quota, this.options.enforcementSlack);
      this.plans.set(planId, { enforced, asked: limits });
      this.invalidate();
    } else {
      governed.enforced.setQuota(quota, this.options.clock.now());
      this.change(`plan ${planId}`, this.options.planPropagationMs, governed, limits);
    }
  }

  removeStage(stage: string): void {
    this.stages.delete(stage);
    this.propagation.forget(`stage ${stage}`);
    this.invalidate();
  }

  removePlan(planId: string): void {
    this.plans.delete(planId);
    this.propagation.forget(`plan ${planId}`);
    this.invalidate();
  }

  /** A key left its plan: should it come back, it starts with full buckets. */
  removeKey(planId: string, keyId: KeyId): void {
    this.plans.get(planId)?.enforced.forgetKey(keyId);
    this.invalidate();
  }

  stage(stage: string): EnforcedStage | undefined {
    return this.stages.get(stage)?.enforced;
  }

  plan(planId: string): EnforcedPlan | undefined {
    return this.plans.get(planId)?.enforced;
  }

  askedStageLimits(stage: string): StageLimits {
    return this.stages.get(stage)?.asked ?? {};
  }

  askedPlanLimits(planId: string): PlanLimits {
    return this.plans.get(planId)?.asked ?? { methods: {} };
  }

  private change<Limits>(
    target: string,
    delayMs: DelayMs,
    governed: Governed<{ apply(limits: Limits, nowMs: number): void }, Limits>,
    limits: Limits,
  ): void {
    if (isDeepStrictEqual(governed.asked, limits)) return;
    governed.asked = limits;
    this.propagation.after(target, delayMs, () => {
      governed.enforced.apply(limits, this.options.clock.now());
      this.invalidate();
    });
  }
}

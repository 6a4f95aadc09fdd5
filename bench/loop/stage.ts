import type {
  Admission,
  DeployedApi,
  FinishedRequest,
  GatewayPort,
  GatewayRequest,
} from '@tidegate/embedded-aws/gateway';
import { Enforcement, StageDoor } from '@tidegate/embedded-aws/gateway';
import type { Clock, Random } from '@tidegate/embedded-aws/kernel';
import { ASSUMPTIONS } from '@tidegate/embedded-aws/kernel';
import type { Baseline } from '../../shared/law/types.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import { STAGE_DEFAULT } from '../../shared/limits/method-key.ts';
import type { KeyId, TierName } from '../../shared/platform/units.ts';
import type { Delays } from './delays.ts';

const STAGE = 'bench:stage';
const ACCOUNT: Limit = { rateRps: 10_000, burst: 5_000 };

export interface BenchStageOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly baseline: Baseline;
  readonly methods: readonly { readonly verb: string; readonly path: string }[];
  readonly tierOf: ReadonlyMap<KeyId, TierName>;
  readonly enforcementSlack: number;
  readonly delays: Delays;
  /** In force from the start; the baseline when absent. */
  readonly limits?: Limits;
  readonly onFinished: (requests: readonly FinishedRequest[]) => void;
}

/** One deployed stage without its management plane: the embedded gateway's own buckets, delays and order. */
export class BenchStage implements GatewayPort {
  private readonly enforcement: Enforcement;
  private readonly door: StageDoor;
  private readonly options: BenchStageOptions;
  /** The limits as written; enforcement follows later. */
  written: Limits;

  constructor(options: BenchStageOptions) {
    const { clock, random, baseline, methods, tierOf, enforcementSlack, delays } = options;
    const { stageRefusalSpendsPlanToken } = ASSUMPTIONS;
    this.options = options;
    this.enforcement = new Enforcement({
      clock,
      randomOf: () => random,
      accountLimit: ACCOUNT,
      enforcementSlack,
      stagePropagationMs: delays.stageMs,
      planPropagationMs: delays.planMs,
      stageRefusalSpendsPlanToken,
    });
    this.written = options.limits ?? { stage: { [STAGE_DEFAULT]: baseline.stage }, tiers: baseline.tiers };
    this.writeStage(this.written.stage);
    for (const [tier, limit] of Object.entries(this.written.tiers)) this.writePlan(tier, limit);
    const deployed = {
      methods: methods.map((method) => ({ ...method, apiKeyRequired: true })),
    } as unknown as DeployedApi;
    this.door = new StageDoor(STAGE, this.enforcement, { deployed: () => deployed, planOf: (key) => tierOf.get(key) });
  }

  writeStage(stage: Limits['stage']): void {
    this.written = { ...this.written, stage };
    this.enforcement.putStage(STAGE, stage);
  }

  writePlan(tier: TierName, limit: Limit): void {
    this.written = { ...this.written, tiers: { ...this.written.tiers, [tier]: limit } };
    this.enforcement.putPlan(tier, { throttle: limit, methods: {} }, undefined);
  }

  /** The limits that the buckets enforce at present. */
  enforced(): Limits {
    const stage = this.enforcement.stage(STAGE)?.limits ?? {};
    const tiers = Object.keys(this.written.tiers).flatMap((tier): [TierName, Limit][] => {
      const limit = this.enforcement.plan(tier)?.limits.throttle;
      return limit ? [[tier, limit]] : [];
    });
    return { stage, tiers: Object.fromEntries(tiers) };
  }

  admit(request: GatewayRequest, atMs: number): Admission {
    return this.door.admit(request.keyId, request.verb, request.path, atMs);
  }

  finish(requests: readonly FinishedRequest[]): void {
    this.options.onFinished(requests);
  }
}

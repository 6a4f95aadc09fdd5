import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import type { Enforcement } from '../../gateway/enforcement/enforcement.ts';
import type { Call, EmbeddedAws } from '../../kernel/aws.ts';
import type { ApiGatewayState, StoredPlan, StoredStage } from './apigateway-state.ts';
import { planLimits, planQuota, stageLimits } from './given-limits.ts';
import { callerName } from './management-quotas.ts';

/** A limit write that was accepted: who changed what, and when. */
export interface AcceptedWrite {
  readonly operation: 'UpdateStage' | 'UpdateUsagePlan';
  /** `<api id>:<stage name>` or a plan's id. */
  readonly target: string;
  readonly atMs: number;
  readonly caller: string;
  readonly patchOperations: readonly PatchOperation[];
}

/** Where management calls are noted for all to see. */
export interface TrailPort {
  note(
    call: {
      readonly eventSource: string;
      readonly eventName: string;
      readonly requestParameters: Readonly<Record<string, unknown>>;
    },
    by: Call,
  ): void;
}

/** What the operations of the management plane share. */
export class Management {
  readonly aws: EmbeddedAws;
  readonly state: ApiGatewayState;
  readonly enforcement: Enforcement;
  readonly acceptedWrites: AcceptedWrite[] = [];
  private readonly trail: TrailPort | undefined;

  constructor(aws: EmbeddedAws, state: ApiGatewayState, enforcement: Enforcement, trail?: TrailPort) {
    this.aws = aws;
    this.trail = trail;
    this.state = state;
    this.enforcement = enforcement;
  }

  /** AWS's dates are whole seconds. */
  now(): Date {
    return new Date(Math.floor(this.aws.clock.now() / 1000) * 1000);
  }

  /** Stores a new or changed stage and lets the data plane know. */
  putStage(restApiId: string, stage: StoredStage): void {
    this.state.api(restApiId).stages.set(stage.stageName, stage);
    this.enforcement.putStage(`${restApiId}:${stage.stageName}`, stageLimits(stage));
    this.enforcement.invalidate();
  }

  /** Stores a new or changed plan and lets the data plane know. */
  putPlan(plan: StoredPlan): void {
    const record = this.state.plans.get(plan.id);
    if (record) record.plan = plan;
    else this.state.plans.set(plan.id, { plan, keyIds: new Set() });
    this.enforcement.putPlan(plan.id, planLimits(plan), planQuota(plan));
    this.enforcement.invalidate();
  }

  /** Takes a stage off the data plane and out of every plan. */
  removeStage(restApiId: string, stageName: string): void {
    this.state.api(restApiId).stages.delete(stageName);
    for (const { plan } of [...this.state.plans.values()]) {
      const apiStages = plan.apiStages.filter(({ apiId, stage }) => apiId !== restApiId || stage !== stageName);
      if (apiStages.length < plan.apiStages.length) this.putPlan({ ...plan, apiStages });
    }
    this.enforcement.removeStage(`${restApiId}:${stageName}`);
  }

  noteWrite(write: Pick<AcceptedWrite, 'operation' | 'target' | 'patchOperations'>, call: Call): void {
    this.acceptedWrites.push({ ...write, atMs: this.aws.clock.now(), caller: callerName(call.caller) });
    const { operation, target, patchOperations } = write;
    const [restApiId, stageName] = target.split(':');
    const named = operation === 'UpdateStage' ? { restApiId, stageName } : { usagePlanId: target };
    const requestParameters = { ...named, patchOperations };
    this.trail?.note({ eventSource: 'apigateway.amazonaws.com', eventName: operation, requestParameters }, call);
  }
}

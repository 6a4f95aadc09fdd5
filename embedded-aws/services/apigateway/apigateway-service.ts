import type { InvocationResponse } from '@aws-sdk/client-lambda';
import { DeployedStage } from '../../gateway/deployed/deployed-stage.ts';
import { SimulatedStage } from '../../gateway/deployed/simulated-stage.ts';
import type { GatewayPort } from '../../gateway/deployed/simulation-port.ts';
import type { PlanLimits } from '../../gateway/enforcement/enforced-plan.ts';
import type { StageLimits } from '../../gateway/enforcement/enforced-stage.ts';
import { Enforcement } from '../../gateway/enforcement/enforcement.ts';
import type { DataPlaneSource } from '../../gateway/request/data-plane.ts';
import type { InvokeFunction } from '../../gateway/request/integration.ts';
import type { TelemetryPorts } from '../../gateway/telemetry/stage-telemetry.ts';
import { ASSUMPTIONS } from '../../kernel/assumptions.ts';
import type { Call, EmbeddedAws, Operation, Permission, Service } from '../../kernel/aws.ts';
import type { Limit } from '../../kernel/quantities.ts';
import type { Clock } from '../../kernel/simulation-clock.ts';
import { accountAndTagOperations } from './account-and-tags.ts';
import { managementPermission } from './apigateway-permissions.ts';
import { ApiGatewayState } from './apigateway-state.ts';
import { deploymentOperations } from './apis/deployments.ts';
import { gatewayResponseOperations } from './apis/gateway-responses.ts';
import { methodOperations } from './apis/methods.ts';
import { resourceOperations } from './apis/resources.ts';
import { restApiOperations } from './apis/rest-apis.ts';
import { type AcceptedWrite, Management, type TrailPort } from './management.ts';
import { ManagementQuotas, type RejectedCalls } from './management-quotas.ts';
import { apiKeyOperations } from './plans/api-keys.ts';
import { usageOperations } from './plans/usage.ts';
import { usagePlanKeyOperations } from './plans/usage-plan-keys.ts';
import { usagePlanOperations } from './plans/usage-plans.ts';
import { stageOperations } from './stages/stages.ts';

export interface ApiGatewayOptions {
  /** The account's own throttle, as GetAccount shows it; 10,000 rps and a burst of 5,000 by default. */
  readonly accountLimit?: Limit;
  readonly enforcementSlack?: number;
  readonly stageRefusalSpendsPlanToken?: boolean;
}

/** All limits that concern one stage. Stage keys are normalised: `EVERY_METHOD` or `/orders/POST`. */
export interface GovernedLimits {
  readonly stage: StageLimits;
  readonly plans: Readonly<Record<string, PlanLimits & { readonly name: string }>>;
}

const DEFAULT_ACCOUNT_LIMIT: Limit = { rateRps: 10_000, burst: 5_000 };

/** API Gateway for REST APIs: the management operations, and the data plane that enforces what they say. */
export class ApiGatewayService implements Service, DataPlaneSource {
  readonly name = 'apigateway';
  readonly clock: Clock;
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly aws: EmbeddedAws;
  private readonly ports: TelemetryPorts;
  private readonly state: ApiGatewayState;
  private readonly enforcement: Enforcement;
  private readonly quotas: ManagementQuotas;
  private readonly management: Management;
  private readonly deployedStages = new Map<string, DeployedStage>();

  constructor(
    aws: EmbeddedAws,
    ports: TelemetryPorts & { readonly trail?: TrailPort },
    options: ApiGatewayOptions = {},
  ) {
    const accountLimit = options.accountLimit ?? DEFAULT_ACCOUNT_LIMIT;
    this.aws = aws;
    this.clock = aws.clock;
    this.ports = ports;
    this.state = new ApiGatewayState(accountLimit);
    const randomOf = (target: string) => aws.random(`apigateway-propagation/${target}`);
    this.enforcement = new Enforcement({ ...ASSUMPTIONS, ...options, clock: aws.clock, randomOf, accountLimit });
    this.quotas = new ManagementQuotas(aws.clock);
    this.management = new Management(aws, this.state, this.enforcement, ports.trail);
    this.operations = this.paced({
      ...restApiOperations(this.management),
      ...resourceOperations(this.management),
      ...methodOperations(this.management),
      ...gatewayResponseOperations(this.management),
      ...deploymentOperations(this.management),
      ...stageOperations(this.management),
      ...usagePlanOperations(this.management),
      ...usagePlanKeyOperations(this.management),
      ...apiKeyOperations(this.management),
      ...usageOperations(this.management),
      ...accountAndTagOperations(this.management),
    });
  }

  permission(operation: string, input: unknown): Permission {
    return managementPermission(operation, input);
  }

  /** Management calls refused for a quota, by operation and caller. */
  get rejectedManagementCalls(): readonly RejectedCalls[] {
    return this.quotas.rejected;
  }

  /** Makes all management quotas whole, as after a long silence. */
  refillManagementQuotas(): void {
    this.quotas.refill();
  }

  /** Every accepted UpdateStage and UpdateUsagePlan, oldest first. */
  get acceptedWrites(): readonly AcceptedWrite[] {
    return this.management.acceptedWrites;
  }

  /** The limits as last written. */
  currentLimits(apiId: string, stageName: string): GovernedLimits {
    const stage = `${apiId}:${stageName}`;
    const { enforcement } = this;
    return {
      stage: enforcement.askedStageLimits(stage),
      plans: this.plansOf(apiId, stageName, (planId) => enforcement.askedPlanLimits(planId)),
    };
  }

  /** The limits as the data plane enforces them by now. */
  enforcedLimits(apiId: string, stageName: string): GovernedLimits {
    const { enforcement } = this;
    return {
      stage: enforcement.stage(`${apiId}:${stageName}`)?.limits ?? {},
      plans: this.plansOf(apiId, stageName, (planId) => enforcement.plan(planId)?.limits ?? { methods: {} }),
    };
  }

  /** The door for simulated traffic. @throws NotFoundException when there is no such stage */
  simulatedStage(apiId: string, stageName: string): GatewayPort {
    this.state.stage(apiId, stageName);
    return new SimulatedStage(this.stageAt(apiId, stageName));
  }

  deployedStage(apiId: string, stageName: string): DeployedStage | undefined {
    return this.state.apis.get(apiId)?.stages.has(stageName) ? this.stageAt(apiId, stageName) : undefined;
  }

  apiKeyByValue(value: string): { id: string; value: string } | undefined {
    for (const key of this.state.keys.values()) {
      if (key.value === value) return { id: key.id, value };
    }
    return undefined;
  }

  invokeAs(sourceArn: string): InvokeFunction {
    const caller = { kind: 'service', principal: 'apigateway.amazonaws.com', sourceArn } as const;
    return (FunctionName, Payload) =>
      this.aws.call<InvocationResponse>(caller, 'lambda', 'Invoke', {
        FunctionName,
        InvocationType: 'RequestResponse',
        Payload,
      });
  }

  private stageAt(apiId: string, stageName: string): DeployedStage {
    const { state } = this;
    const name = `${apiId}:${stageName}`;
    let deployed = this.deployedStages.get(name);
    if (!deployed) {
      const source = {
        stage: () => state.apis.get(apiId)?.stages.get(stageName),
        deployed: () => state.deployed(apiId, stageName),
        planOf: (keyId: string) => state.planOf(keyId, apiId, stageName),
      };
      const identity = { apiId, stageName, apiName: state.api(apiId).api.name };
      deployed = new DeployedStage(identity, source, this.enforcement, this.ports);
      this.deployedStages.set(name, deployed);
    }
    return deployed;
  }

  private plansOf(apiId: string, stageName: string, limitsOf: (planId: string) => PlanLimits): GovernedLimits['plans'] {
    const plans = [...this.state.plans.values()]
      .map(({ plan }) => plan)
      .filter(({ apiStages }) => apiStages.some((one) => one.apiId === apiId && one.stage === stageName));
    return Object.fromEntries(plans.map(({ id, name }) => [id, { name, ...limitsOf(id) }]));
  }

  /** Every operation passes the quotas first. */
  private paced(operations: Readonly<Record<string, Operation>>): Record<string, Operation> {
    const paced = Object.entries(operations).map(([name, operation]) => [
      name,
      (input: never, call: Call) => {
        this.quotas.admit(name, call.caller);
        return operation(input, call);
      },
    ]);
    return Object.fromEntries(paced);
  }
}

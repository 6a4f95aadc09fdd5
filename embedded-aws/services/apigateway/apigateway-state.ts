import type {
  Account,
  ApiKey,
  Deployment,
  GatewayResponse,
  Resource,
  RestApi,
  Stage,
  UsagePlan,
} from '@aws-sdk/client-api-gateway';
import type { DeployedApi } from '../../gateway/deployed/deployed-api.ts';
import { ACCOUNT_ID } from '../../kernel/aws.ts';
import { notFound } from './apigateway-errors.ts';

/** A record as this service keeps it: what the SDK leaves optional but every stored one has. */
export type Kept<Shape, Member extends keyof Shape> = Shape & { [Name in Member]-?: NonNullable<Shape[Name]> };

export type StoredApi = Kept<RestApi, 'id' | 'name' | 'rootResourceId' | 'createdDate'>;
export type StoredResource = Kept<Resource, 'id' | 'path' | 'resourceMethods'>;
export type StoredStage = Kept<Stage, 'stageName' | 'deploymentId' | 'methodSettings'>;
export type StoredPlan = Kept<UsagePlan, 'id' | 'name' | 'apiStages'>;
export type StoredKey = Kept<ApiKey, 'id' | 'value' | 'enabled'>;

export interface StoredDeployment {
  readonly deployment: Kept<Deployment, 'id'>;
  readonly deployed: DeployedApi;
}

export interface ApiRecord {
  api: StoredApi;
  readonly resources: Map<string, StoredResource>;
  /** Customised gateway responses by type; a deployment copies them. */
  readonly gatewayResponses: Map<string, GatewayResponse>;
  readonly deployments: Map<string, StoredDeployment>;
  readonly stages: Map<string, StoredStage>;
}

export interface PlanRecord {
  plan: StoredPlan;
  /** Ids of the keys associated, in the order of their association. */
  readonly keyIds: Set<string>;
}

/** Everything that the management plane keeps for the account. */
export class ApiGatewayState {
  readonly apis = new Map<string, ApiRecord>();
  readonly plans = new Map<string, PlanRecord>();
  readonly keys = new Map<string, StoredKey>();
  account: Account;

  constructor(accountLimit: { rateRps: number; burst: number }) {
    this.account = {
      cloudwatchRoleArn: `arn:aws:iam::${ACCOUNT_ID}:role/api-gateway-push-to-cloudwatch-logs`,
      throttleSettings: { rateLimit: accountLimit.rateRps, burstLimit: accountLimit.burst },
      features: ['UsagePlans'],
      apiKeyVersion: '4',
    };
  }

  /** @throws NotFoundException */
  api(restApiId: string): ApiRecord {
    return this.apis.get(restApiId) ?? notFound(`Invalid API identifier specified ${ACCOUNT_ID}:${restApiId}`);
  }

  /** @throws NotFoundException */
  resource(restApiId: string, resourceId: string): StoredResource {
    return this.api(restApiId).resources.get(resourceId) ?? notFound('Invalid Resource identifier specified');
  }

  /** @throws NotFoundException */
  stage(restApiId: string, stageName: string): StoredStage {
    return this.api(restApiId).stages.get(stageName) ?? notFound('Invalid stage identifier specified');
  }

  /** @throws NotFoundException */
  plan(usagePlanId: string): PlanRecord {
    return this.plans.get(usagePlanId) ?? notFound('Invalid Usage Plan ID specified');
  }

  /** @throws NotFoundException */
  key(apiKeyId: string): StoredKey {
    return this.keys.get(apiKeyId) ?? notFound('Invalid API Key identifier specified');
  }

  /** The plan through which an enabled key may use a stage: for one stage a key is in one plan only. */
  planOf(keyId: string, apiId: string, stageName: string): string | undefined {
    if (!this.keys.get(keyId)?.enabled) return undefined;
    for (const { plan, keyIds } of this.plans.values()) {
      const covers = plan.apiStages.some((stage) => stage.apiId === apiId && stage.stage === stageName);
      if (covers && keyIds.has(keyId)) return plan.id;
    }
    return undefined;
  }

  /** The deployment that a stage shows. */
  deployed(apiId: string, stageName: string): DeployedApi | undefined {
    const record = this.apis.get(apiId);
    const deploymentId = record?.stages.get(stageName)?.deploymentId;
    return deploymentId === undefined ? undefined : record?.deployments.get(deploymentId)?.deployed;
  }
}

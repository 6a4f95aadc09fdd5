import type { GatewayResponse, Integration } from '@aws-sdk/client-api-gateway';

/** A method as a deployment froze it. */
export interface DeployedMethod {
  readonly resourceId: string;
  /** The resource's path, `/orders/{id}`. */
  readonly path: string;
  /** An HTTP verb or `ANY`. */
  readonly verb: string;
  readonly apiKeyRequired: boolean;
  readonly integration: Integration;
}

/** What a deployment is: later changes of the API do not reach its stages until the next deployment. */
export interface DeployedApi {
  readonly deploymentId: string;
  readonly apiName: string;
  readonly methods: readonly DeployedMethod[];
  /** Customised gateway responses by type. */
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponse>;
}

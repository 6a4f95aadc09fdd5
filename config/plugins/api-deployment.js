/**
 * Gives the API's deployment what the framework has no setting for. It creates the stage through
 * `AWS::ApiGateway::Deployment`, under a logical id that changes with every build, so that no extension can name it.
 */
export default class ApiDeployment {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:package:finalize': () => this.completeDeployment() };
    serverless.configSchemaHandler.defineCustomProperties({
      properties: {
        stageBaseline: {
          type: 'object',
          properties: { rateRps: { type: 'number', exclusiveMinimum: 0 }, burst: { type: 'integer', minimum: 1 } },
          required: ['rateRps', 'burst'],
          additionalProperties: false,
        },
      },
    });
  }

  completeDeployment() {
    const { custom, provider, resources } = this.serverless.service;
    const compiled = Object.values(provider.compiledCloudFormationTemplate.Resources);
    const deployments = compiled.filter(({ Type }) => Type === 'AWS::ApiGateway::Deployment');
    if (deployments.length !== 1) {
      throw new Error(`The API needs exactly one AWS::ApiGateway::Deployment, found ${deployments.length}.`);
    }
    const [deployment] = deployments;
    // Without this a new stage would stand at the account's limits until the first tick.
    deployment.Properties.StageDescription = { MethodSettings: [methodSettings(custom.stageBaseline)] };
    // It is a snapshot of the API: what is not there yet is not deployed.
    deployment.DependsOn = [...deployment.DependsOn, ...gatewayResponses(resources.Resources)];
  }
}

const methodSettings = ({ rateRps, burst }) => ({
  ResourcePath: '/*',
  HttpMethod: '*',
  ThrottlingRateLimit: rateRps,
  ThrottlingBurstLimit: burst,
  // Detailed metrics: by method, so that minutes alone can tell methods of different cost apart.
  MetricsEnabled: true,
});

const gatewayResponses = (resources) =>
  Object.keys(resources).filter((name) => resources[name].Type === 'AWS::ApiGateway::GatewayResponse');

/**
 * Gives the deployment a stage limit. The framework creates the stage through `AWS::ApiGateway::Deployment`, under a
 * logical id that changes with every build, and has no setting for throttling: without this a new stage would stand
 * at the account's limits until the first tick.
 */
export default class StageBaseline {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:package:finalize': () => this.addMethodSettings() };
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

  addMethodSettings() {
    const { rateRps, burst } = this.serverless.service.custom.stageBaseline;
    const { Resources } = this.serverless.service.provider.compiledCloudFormationTemplate;
    const deployments = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ApiGateway::Deployment');
    if (deployments.length !== 1) {
      throw new Error(`The stage baseline needs exactly one AWS::ApiGateway::Deployment, found ${deployments.length}.`);
    }
    deployments[0].Properties.StageDescription = {
      MethodSettings: [
        {
          ResourcePath: '/*',
          HttpMethod: '*',
          ThrottlingRateLimit: rateRps,
          ThrottlingBurstLimit: burst,
          // Detailed metrics: by method, so that minutes alone can tell methods of different cost apart.
          MetricsEnabled: true,
        },
      ],
    };
  }
}

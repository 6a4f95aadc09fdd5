/**
 * Takes the framework's shared role out of the template. Every function has a role of its own; one that nobody uses is
 * a permission that nobody watches.
 */
export default class NoSharedRole {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'after:aws:package:finalize:mergeCustomProviderResources': () => this.remove() };
  }

  remove() {
    const { Resources } = this.serverless.service.provider.compiledCloudFormationTemplate;
    const { IamRoleLambdaExecution: shared, ...rest } = Resources;
    if (!shared) return;
    if (JSON.stringify(rest).includes('"IamRoleLambdaExecution"')) {
      throw new Error('A function has no iamRoleStatements of its own and would run under the shared role. Add them.');
    }
    delete Resources.IamRoleLambdaExecution;
  }
}

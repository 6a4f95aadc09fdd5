import type { Cloud } from '@tidegate/embedded-aws';
import { asList, authorizer } from '@tidegate/embedded-aws/iam';
import type { Authorize, Caller, PolicyDocument, PolicyStatement, Service } from '@tidegate/embedded-aws/kernel';
import { asDeveloper } from './deployed.ts';

type Statement = PolicyStatement;
/** A statement and whose it is; those of resources name their resource themselves. */
const nameOf = (statement: Statement, roleArn = ''): string => `${roleArn} ${JSON.stringify(statement)}`;

/**
 * Asks of every call that is allowed which statements it would have been refused without: each of the caller's role,
 * and of the policy of the resource, is left out in turn. A statement that no call ever needed is idle.
 */
export class GrantAudit {
  private readonly cloud: Cloud;
  private readonly needed = new Set<string>();

  /** Watches the cloud from now on, its deployments too. */
  constructor(cloud: Cloud) {
    this.cloud = cloud;
    const allow = authorizer(cloud.services.iam);
    cloud.aws.setAuthorize((caller, service, operation, input) => {
      allow(caller, service, operation, input);
      if (caller.kind === 'developer' || this.isDeployment(caller)) return;
      const isRefused = (check: Authorize, by = service) => refuses(() => check(caller, by, operation, input));
      if (caller.kind === 'function') this.auditRole(caller.roleArn, isRefused);
      this.auditResource(service, operation, input, (by) => isRefused(allow, by));
    });
  }

  /** The statements of a deployed service that nothing needed, after who holds them. */
  async idle(functionNames: readonly string[], queueUrls: readonly string[], topicArn: string): Promise<string[]> {
    const held = await this.held(functionNames, queueUrls, topicArn);
    return held.filter((statement) => !this.needed.has(statement));
  }

  private isDeployment(caller: Caller): boolean {
    return caller.kind === 'service' && caller.principal === 'cloudformation.amazonaws.com';
  }

  private auditRole(roleArn: string, isRefused: (check: Authorize) => boolean): void {
    const policies = this.cloud.services.iam.policiesOf(roleArn);
    for (const statement of policies.flatMap(statementsOf)) {
      if (this.needed.has(nameOf(statement, roleArn))) continue;
      const without = policies.map((policy) => leaving(policy, statement));
      if (isRefused(authorizer({ policiesOf: () => without }))) this.needed.add(nameOf(statement, roleArn));
    }
  }

  private auditResource(
    service: Service,
    operation: string,
    input: unknown,
    isRefused: (by: Service) => boolean,
  ): void {
    const policy = service.resourcePolicy?.(operation, input);
    for (const statement of policy ? statementsOf(policy) : []) {
      if (policy === undefined || this.needed.has(nameOf(statement))) continue;
      const by: Service = Object.create(service, { resourcePolicy: { value: () => leaving(policy, statement) } });
      if (isRefused(by)) this.needed.add(nameOf(statement));
    }
  }

  private async held(
    functionNames: readonly string[],
    queueUrls: readonly string[],
    topicArn: string,
  ): Promise<string[]> {
    const ask = <Output>(service: string, operation: string, input: object) =>
      asDeveloper<Output>(this.cloud, service, operation, input);
    const roles: string[] = [];
    const policies: (string | undefined)[] = [];
    for (const FunctionName of functionNames) {
      const { Configuration } = await ask<{ Configuration: { Role: string } }>('lambda', 'GetFunction', {
        FunctionName,
      });
      const { Role } = Configuration;
      roles.push(
        ...this.cloud.services.iam
          .policiesOf(Role)
          .flatMap(statementsOf)
          .map((each) => nameOf(each, Role)),
      );
      // A function that only reads from queues has no policy.
      policies.push((await ask<Policy>('lambda', 'GetPolicy', { FunctionName }).catch((): Policy => ({}))).Policy);
    }
    for (const QueueUrl of queueUrls) {
      const input = { QueueUrl, AttributeNames: ['Policy'] };
      policies.push((await ask<{ Attributes?: Policy }>('sqs', 'GetQueueAttributes', input)).Attributes?.Policy);
    }
    policies.push(
      (await ask<{ Attributes: Policy }>('sns', 'GetTopicAttributes', { TopicArn: topicArn })).Attributes.Policy,
    );
    for (const { KeyId } of (await ask<{ Keys: { KeyId: string }[] }>('kms', 'ListKeys', {})).Keys) {
      policies.push((await ask<Policy>('kms', 'GetKeyPolicy', { KeyId })).Policy);
    }
    const documents = policies.flatMap((policy) => (policy ? [JSON.parse(policy) as PolicyDocument] : []));
    return [...roles, ...documents.flatMap(statementsOf).map((each) => nameOf(each))];
  }
}

interface Policy {
  readonly Policy?: string;
}

const statementsOf = (policy: PolicyDocument): readonly Statement[] => asList(policy.Statement);

const leaving = (policy: PolicyDocument, statement: Statement): PolicyDocument => ({
  ...policy,
  Statement: statementsOf(policy).filter((each) => each !== statement),
});

function refuses(check: () => void): boolean {
  try {
    check();
    return false;
  } catch {
    return true;
  }
}

import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions } from '../cloud.ts';

const MOST_LOOKS = 2000;

/** Deploys one stack through the SDK over HTTP, and waits for each operation's end. */
export class Deployer {
  readonly client: CloudFormationClient;
  readonly stackName: string;
  private stackId = '';

  constructor(cloud: Cloud, stackName = 'stack') {
    this.client = new CloudFormationClient(clientOptions(cloud));
    this.stackName = stackName;
  }

  async create(TemplateBody: string): Promise<Stack> {
    const input = { StackName: this.stackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
    const { StackId } = await this.client.send(new CreateStackCommand(input));
    this.stackId = StackId ?? '';
    return this.settled('CREATE_COMPLETE');
  }

  async update(TemplateBody: string, expected = 'UPDATE_COMPLETE'): Promise<Stack> {
    const input = { StackName: this.stackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
    await this.client.send(new UpdateStackCommand(input));
    return this.settled(expected);
  }

  async delete(): Promise<Stack> {
    await this.client.send(new DeleteStackCommand({ StackName: this.stackName }));
    return this.settled('DELETE_COMPLETE');
  }

  /** Physical ids by logical id. */
  async physicalIds(): Promise<Record<string, string>> {
    const answer = await this.client.send(new DescribeStackResourcesCommand({ StackName: this.stackName }));
    const pairs = (answer.StackResources ?? []).map((one) => [one.LogicalResourceId, one.PhysicalResourceId ?? '']);
    return Object.fromEntries(pairs);
  }

  /** @throws Error with the reasons of all failures when the operation ends otherwise than expected. */
  private async settled(expected: string): Promise<Stack> {
    for (let look = 0; look < MOST_LOOKS; look++) {
      const { Stacks } = await this.client.send(new DescribeStacksCommand({ StackName: this.stackId }));
      const stack = Stacks?.[0];
      if (!stack || stack.StackStatus?.endsWith('_IN_PROGRESS')) continue;
      if (stack.StackStatus === expected) return stack;
      throw new Error(`${stack.StackStatus}, expected ${expected}:\n${(await this.failures()).join('\n')}`);
    }
    throw new Error('The stack does not settle.');
  }

  private async failures(): Promise<string[]> {
    const { StackEvents } = await this.client.send(new DescribeStackEventsCommand({ StackName: this.stackId }));
    const failed = (StackEvents ?? []).filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'));
    return failed.map((event) => `${event.LogicalResourceId}: ${event.ResourceStatusReason}`);
  }
}

import type {
  CreateChangeSetInput,
  DeleteChangeSetInput,
  DescribeChangeSetInput,
  ExecuteChangeSetInput,
  ListChangeSetsInput,
} from '@aws-sdk/client-cloudformation';
import type { EmbeddedAws, Operation, Service } from '../kernel/aws.ts';
import type { ResourceTypes } from './engine/resource-type.ts';
import { type EventsPort, Stacks } from './engine/stacks.ts';
import { ChangeSets } from './operations/change-sets.ts';
import { stackCommands } from './operations/stack-commands.ts';
import { stackQueries } from './operations/stack-queries.ts';
import { templateQueries } from './operations/template-queries.ts';
import { providedTypes } from './providers/index.ts';

/**
 * CloudFormation: stacks and change sets on the embedded AWS. It calls the other services as principal
 * `cloudformation.amazonaws.com`, for the stack whose ARN is the caller's `sourceArn`. `events` is where stack status
 * changes are announced; `types` are the resource types, by default those of the embedded AWS.
 */
export class CloudFormationService implements Service {
  readonly name = 'cloudformation';
  readonly operations: Readonly<Record<string, Operation>>;

  constructor(aws: EmbeddedAws, events?: EventsPort, types: ResourceTypes = providedTypes(aws)) {
    const stacks = new Stacks(aws, types, events);
    const changeSets = new ChangeSets(stacks);
    this.operations = {
      ...stackCommands(stacks),
      ...stackQueries(stacks),
      ...templateQueries(stacks),
      CreateChangeSet: (input: CreateChangeSetInput) => changeSets.create(input),
      DescribeChangeSet: (input: DescribeChangeSetInput) => changeSets.describe(input),
      ExecuteChangeSet: (input: ExecuteChangeSetInput) => changeSets.execute(input),
      DeleteChangeSet: (input: DeleteChangeSetInput) => changeSets.delete(input),
      ListChangeSets: (input: ListChangeSetsInput) => changeSets.list(input),
    };
  }
}

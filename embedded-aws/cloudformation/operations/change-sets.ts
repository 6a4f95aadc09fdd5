import type {
  Change,
  ChangeSetStatus,
  CreateChangeSetInput,
  DeleteChangeSetInput,
  DescribeChangeSetInput,
  DescribeChangeSetOutput,
  ExecuteChangeSetInput,
  ExecutionStatus,
  ListChangeSetsInput,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../kernel/aws-error.ts';
import { own } from '../../kernel/plain-records.ts';
import { hasChanges, previewChanges } from '../engine/preview.ts';
import type { Stack, StackDefinition } from '../engine/stack.ts';
import type { Stacks } from '../engine/stacks.ts';
import { validationError } from '../template/template-model.ts';
import { toDefinition } from './definition.ts';
import { checkUpdatable, startCreate, startUpdate } from './stack-commands.ts';

interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly stack: Stack;
  readonly isCreation: boolean;
  readonly createdMs: number;
  readonly description: string | undefined;
  readonly definition: StackDefinition;
  readonly changes: readonly Change[];
  readonly status: ChangeSetStatus;
  readonly statusReason?: string;
  executionStatus: ExecutionStatus;
  readonly onStackFailure: CreateChangeSetInput['OnStackFailure'];
}

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** Change sets: proposals that are computed at once and carried out when executed. */
export class ChangeSets {
  private readonly stacks: Stacks;
  private readonly all = new Map<string, ChangeSet>();

  constructor(stacks: Stacks) {
    this.stacks = stacks;
  }

  async create(input: CreateChangeSetInput): Promise<{ Id: string; StackId: string }> {
    const name = input.ChangeSetName ?? '';
    const isCreation = input.ChangeSetType === 'CREATE';
    const existing = this.target(input, isCreation);
    if (existing && this.find(name, existing)) {
      throw new AwsError('AlreadyExistsException', `ChangeSet ${name} already exists`, { status: 400 });
    }
    const definition = await toDefinition(this.stacks, input, existing);
    const stack = existing ?? this.stacks.add(input.StackName ?? '');
    const bound = this.stacks.bind(stack, definition);
    const changes = previewChanges(stack, bound, this.stacks.types);
    if (!existing) stack.setStatus('REVIEW_IN_PROGRESS', 'User Initiated');
    const isEmpty = !hasChanges(stack, bound, changes);
    const changeSet: ChangeSet = {
      id: this.stacks.changeSetArn(name),
      ...{ name, stack, isCreation, definition, changes },
      createdMs: this.stacks.aws.clock.now(),
      description: input.Description,
      status: isEmpty ? 'FAILED' : 'CREATE_COMPLETE',
      ...(isEmpty && { statusReason: NO_CHANGES }),
      executionStatus: isEmpty ? 'UNAVAILABLE' : 'AVAILABLE',
      onStackFailure: input.OnStackFailure,
    };
    this.all.set(changeSet.id, changeSet);
    return { Id: changeSet.id, StackId: stack.id };
  }

  describe(input: DescribeChangeSetInput): DescribeChangeSetOutput {
    const changeSet = this.get(input);
    const { stack, definition, description, statusReason } = changeSet;
    return {
      ChangeSetId: changeSet.id,
      ChangeSetName: changeSet.name,
      StackId: stack.id,
      StackName: stack.name,
      ...(description !== undefined && { Description: description }),
      ...(Object.keys(definition.parameters).length > 0 && { Parameters: parametersOf(definition) }),
      CreationTime: new Date(changeSet.createdMs),
      Status: changeSet.status,
      ExecutionStatus: this.executionStatusOf(changeSet),
      ...(statusReason !== undefined && { StatusReason: statusReason }),
      NotificationARNs: [...definition.notificationArns],
      RollbackConfiguration: {},
      Capabilities: [...definition.capabilities] as DescribeChangeSetOutput['Capabilities'] & {},
      Tags: [...definition.tags],
      Changes: [...changeSet.changes],
      IncludeNestedStacks: false,
    };
  }

  execute(input: ExecuteChangeSetInput): Record<string, never> {
    const changeSet = this.get(input);
    const { stack, id, definition } = changeSet;
    if (changeSet.status === 'FAILED') throw this.notExecutable(changeSet, changeSet.status);
    const executionStatus = this.executionStatusOf(changeSet);
    if (executionStatus !== 'AVAILABLE') throw this.notExecutable(changeSet, executionStatus);
    if (!changeSet.isCreation) checkUpdatable(stack);
    const bound = this.stacks.bind(stack, definition);
    for (const other of [...this.all.values()].filter((each) => each.stack === stack)) this.all.delete(other.id);
    this.all.set(id, changeSet);
    changeSet.executionStatus = 'EXECUTE_COMPLETE';
    stack.changeSetId = id;
    stack.disableRollback = input.DisableRollback ?? false;
    stack.lastUpdatedMs = this.stacks.aws.clock.now();
    if (changeSet.isCreation) {
      startCreate(
        this.stacks,
        stack,
        bound,
        stack.disableRollback ? 'DO_NOTHING' : (changeSet.onStackFailure ?? 'ROLLBACK'),
      );
    } else {
      startUpdate(this.stacks, stack, bound);
    }
    return {};
  }

  /** Deleting a change set that is not there is no error, as long as its stack is. */
  delete(input: DeleteChangeSetInput): Record<string, never> {
    const found = this.all.get(input.ChangeSetName ?? '') ?? this.find(input.ChangeSetName, this.stackOf(input));
    if (found) this.all.delete(found.id);
    return {};
  }

  list({ StackName }: ListChangeSetsInput) {
    const stack = this.stacks.get(StackName, 'events');
    const Summaries = [...this.all.values()]
      .filter((each) => each.stack === stack)
      .map((changeSet) => ({
        StackId: stack.id,
        StackName: stack.name,
        ChangeSetId: changeSet.id,
        ChangeSetName: changeSet.name,
        ExecutionStatus: this.executionStatusOf(changeSet),
        Status: changeSet.status,
        ...(changeSet.statusReason !== undefined && { StatusReason: changeSet.statusReason }),
        CreationTime: new Date(changeSet.createdMs),
        IncludeNestedStacks: false,
      }));
    return { Summaries };
  }

  private target({ StackName, ChangeSetName }: CreateChangeSetInput, isCreation: boolean): Stack | undefined {
    if (!isCreation) {
      const stack = this.stacks.get(StackName, 'events');
      checkUpdatable(stack);
      return stack;
    }
    const existing = this.stacks.find(StackName ?? '');
    if (existing && existing.status !== 'REVIEW_IN_PROGRESS') {
      throw validationError(
        `Stack [${StackName}] already exists and cannot be created again with the changeSet [${ChangeSetName}].`,
      );
    }
    return existing;
  }

  /** A stack created past a change set leaves that change set behind. */
  private executionStatusOf({ executionStatus, isCreation, stack }: ChangeSet): ExecutionStatus {
    const isOvertaken = executionStatus === 'AVAILABLE' && isCreation && stack.status !== 'REVIEW_IN_PROGRESS';
    return isOvertaken ? 'OBSOLETE' : executionStatus;
  }

  private notExecutable({ id }: ChangeSet, status: string): AwsError {
    const text = `ChangeSet [${id}] cannot be executed in its current status of [${status}]`;
    return new AwsError('InvalidChangeSetStatus', text, { status: 400 });
  }

  private stackOf({ StackName }: { StackName?: string | undefined }): Stack {
    return this.stacks.get(StackName, 'events');
  }

  private find(name: string | undefined, stack: Stack): ChangeSet | undefined {
    return [...this.all.values()].find((each) => each.stack === stack && (each.name === name || each.id === name));
  }

  private get(input: { ChangeSetName: string | undefined; StackName?: string | undefined }): ChangeSet {
    const byId = this.all.get(input.ChangeSetName ?? '');
    const found = byId ?? this.find(input.ChangeSetName, this.stackOf(input));
    if (found) return found;
    throw new AwsError('ChangeSetNotFound', `ChangeSet [${input.ChangeSetName}] does not exist`, { status: 404 });
  }
}

function parametersOf({ parameters, template }: StackDefinition) {
  return Object.entries(parameters).map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: own(template.parameters, ParameterKey)?.noEcho ? '****' : value,
  }));
}

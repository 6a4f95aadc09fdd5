import type { StackStatus } from '@aws-sdk/client-cloudformation';
import { ACCOUNT_ID, type EmbeddedAws, REGION } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { validationError } from '../template/template-model.ts';
import { BoundTemplate } from './bound-template.ts';
import type { OperationContext, StackOperation } from './operations.ts';
import { ResourceActions, reasonOf } from './resource-actions.ts';
import type { ResourceTypes } from './resource-type.ts';
import { Stack, type StackDefinition } from './stack.ts';

/** The door to the event bus: service-originated events. */
export interface EventsPort {
  publish(event: { source: string; 'detail-type': string; resources: string[]; detail: object }): void | Promise<void>;
}

const ARN_PREFIX = `arn:aws:cloudformation:${REGION}:${ACCOUNT_ID}`;

/** How AWS words a missing stack depends on the operation that looks for it. */
const MISSING: Readonly<Record<'describe' | 'events' | 'resource', (name: string) => string>> = {
  describe: (name) => `Stack with id ${name} does not exist`,
  events: (name) => `Stack [${name}] does not exist`,
  resource: (name) => `Stack '${name}' does not exist`,
};

/** All stacks there are and were, and the running of operations on them. */
export class Stacks {
  readonly types: ResourceTypes;
  readonly aws: EmbeddedAws;
  private readonly all: Stack[] = [];
  private readonly events: EventsPort | undefined;

  constructor(aws: EmbeddedAws, types: ResourceTypes, events?: EventsPort) {
    this.aws = aws;
    this.types = types;
    this.events = events;
  }

  list(): readonly Stack[] {
    return this.all;
  }

  /** By name only a stack that is not deleted; by ARN any. */
  find(nameOrId: string): Stack | undefined {
    return this.all.find((stack) => stack.id === nameOrId || (stack.name === nameOrId && !stack.isDeleted));
  }

  /** @throws AwsError ValidationError with the text that AWS uses for this kind of operation. */
  get(nameOrId: string | undefined, wording: keyof typeof MISSING): Stack {
    const stack = this.find(nameOrId ?? '');
    if (!stack) throw validationError(MISSING[wording](nameOrId ?? ''));
    return stack;
  }

  add(name: string): Stack {
    if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name)) {
      throw validationError(
        `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: ` +
          'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*',
      );
    }
    const stack = new Stack(this.aws, name, ARN_PREFIX, (changed) => this.announce(changed));
    this.all.push(stack);
    return stack;
  }

  changeSetArn(name: string): string {
    return `${ARN_PREFIX}:changeSet/${name}/${this.aws.ids.uuid('change-set', name)}`;
  }

  bind(stack: Pick<Stack, 'id' | 'name'>, definition: StackDefinition): BoundTemplate {
    return new BoundTemplate(definition, {
      stackId: stack.id,
      stackName: stack.name,
      importValue: (exportName) => this.importValue(exportName, stack.id),
    });
  }

  /** Runs an operation in the background, one resource per step of the clock. */
  run(stack: Stack, start: (context: OperationContext) => StackOperation): void {
    const actions = new ResourceActions(stack, this.types, () => this.aws.clock.now());
    const operation = start({ stack, actions, now: () => this.aws.clock.now() });
    const step = async (): Promise<void> => {
      const { done } = await operation.next().catch((error: unknown) => {
        // A fault of the engine itself must not leave those who wait for the stack waiting for ever.
        const failed = stack.status.replace(/(_COMPLETE_CLEANUP)?_IN_PROGRESS$/, '_FAILED');
        stack.setStatus(failed as StackStatus, reasonOf(error));
        throw error;
      });
      if (!done) this.aws.clock.after(0, step);
    };
    this.aws.clock.after(0, step);
  }

  /** Stacks that read an export of `stack`. */
  importersOf(stack: Stack): { exportName: string; importer: Stack }[] {
    const names = stack.outputs.flatMap(({ exportName }) => (exportName === undefined ? [] : [exportName]));
    const others = this.all.filter((other) => other !== stack && !other.isDeleted);
    return names.flatMap((exportName) =>
      others.filter(({ imports }) => imports.has(exportName)).map((importer) => ({ exportName, importer })),
    );
  }

  private importValue(exportName: string, importerId: string): string {
    const outputs = this.all.filter((stack) => !stack.isDeleted).flatMap((stack) => stack.outputs);
    const found = outputs.find((output) => output.exportName === exportName);
    if (!found) throw new AwsError('ValidationError', `No export named ${exportName} found.`, { status: 400 });
    this.all.find(({ id }) => id === importerId)?.imports.add(exportName);
    return found.value;
  }

  private announce(stack: Stack): void {
    const detail = {
      'stack-id': stack.id,
      'status-details': { status: stack.status, 'status-reason': stack.statusReason ?? '' },
    };
    void this.events?.publish({
      source: 'aws.cloudformation',
      'detail-type': 'CloudFormation Stack Status Change',
      resources: [stack.id],
      detail,
    });
  }
}

import { CloudFormationService } from '../../../cloudformation/cloudformation-service.ts';
import type { Physical, ResourceType, ResourceTypes } from '../../../cloudformation/engine/resource-type.ts';
import type { JsonObject } from '../../../cloudformation/template/json.ts';
import { DEVELOPER, EmbeddedAws } from '../../../kernel/aws.ts';
import { AwsError } from '../../../kernel/aws-error.ts';
import { SimulationClock } from '../../../kernel/simulation-clock.ts';

export interface LogEntry {
  readonly action: 'create' | 'update' | 'delete';
  readonly logicalId: string;
  readonly physicalId: string;
  readonly properties: JsonObject;
}

/** A resource type `Test::Fake::Thing` that writes down what is done with it and fails on demand. */
export class FakeThings {
  readonly log: LogEntry[] = [];
  /** `create A`, `update B` …: the actions that fail. */
  readonly failing = new Set<string>();
  private count = 0;

  readonly type: ResourceType = {
    type: 'Test::Fake::Thing',
    nameProperty: 'Name',
    problems: (properties) => ('Typo' in properties ? [': extraneous key [Typo] is not permitted'] : []),
    replacements: (previous, next) => (previous.Fixed === next.Fixed ? [] : ['Fixed']),
    create: async ({ logicalId, properties }) => {
      const physical = { id: `${logicalId}-${++this.count}`, attributes: { Arn: `arn:${logicalId}-${this.count}` } };
      this.note('create', logicalId, physical, properties);
      return physical;
    },
    complete: async ({ logicalId }) => this.failOn('complete', logicalId),
    update: async ({ logicalId, properties }, physical) => {
      this.note('update', logicalId, physical, properties);
      return physical;
    },
    delete: async ({ logicalId, properties }, physical) => this.note('delete', logicalId, physical, properties),
  };

  get types(): ResourceTypes {
    return new Map([[this.type.type, this.type]]);
  }

  /** `create A` lines, in the order in which things happened. */
  get actions(): string[] {
    return this.log.map(({ action, logicalId }) => `${action} ${logicalId}`);
  }

  /** Physical ids of what exists. */
  get living(): string[] {
    const ids = new Set<string>();
    for (const { action, physicalId } of this.log) action === 'delete' ? ids.delete(physicalId) : ids.add(physicalId);
    return [...ids].sort();
  }

  private note(action: LogEntry['action'], logicalId: string, { id }: Physical, properties: JsonObject): void {
    this.failOn(action, logicalId);
    this.log.push({ action, logicalId, physicalId: id, properties });
  }

  private failOn(action: string, logicalId: string): void {
    if (this.failing.has(`${action} ${logicalId}`)) throw new AwsError('InternalFailure', `no ${action} today`);
  }
}

export const EPOCH_MS = Date.UTC(2031, 0, 1);

/** CloudFormation alone, on virtual time, with fake things for resources. */
export class FakeCloud {
  readonly things = new FakeThings();
  readonly published: { detail: object }[] = [];
  readonly aws: EmbeddedAws;
  private readonly clock: SimulationClock;

  private constructor(clock: SimulationClock) {
    this.clock = clock;
    this.aws = new EmbeddedAws({ clock, seed: 1 });
    this.aws.setAuthorize(() => undefined);
    const events = { publish: (event: { detail: object }) => void this.published.push(event) };
    this.aws.install(new CloudFormationService(this.aws, events, this.things.types));
  }

  static async start(): Promise<FakeCloud> {
    const onError = (error: unknown) => {
      throw error;
    };
    const clock = new SimulationClock({ onError });
    await clock.goVirtual(0, EPOCH_MS);
    return new FakeCloud(clock);
  }

  call<Output = Record<string, unknown>>(operation: string, input: object): Promise<Output> {
    return this.aws.call<Output>(DEVELOPER, 'cloudformation', operation, input);
  }

  /** Lets every operation under way come to its end. */
  async settle(): Promise<void> {
    await this.clock.runUntil(this.clock.now() + 1000);
  }

  async statusOf(stackName: string): Promise<string | undefined> {
    const { Stacks } = await this.call<{ Stacks: { StackStatus: string }[] }>('DescribeStacks', {
      StackName: stackName,
    });
    return Stacks[0]?.StackStatus;
  }

  async create(resources: JsonObject, extra: JsonObject = {}): Promise<void> {
    await this.call('CreateStack', { StackName: 'stack', TemplateBody: bodyOf(resources, extra) });
    await this.settle();
  }

  async update(resources: JsonObject, extra: JsonObject = {}): Promise<void> {
    await this.call('UpdateStack', { StackName: 'stack', TemplateBody: bodyOf(resources, extra) });
    await this.settle();
  }
}

export function bodyOf(resources: JsonObject, extra: JsonObject = {}): string {
  return JSON.stringify({ Resources: resources, ...extra });
}

export function thing(properties: JsonObject = {}, members: JsonObject = {}): JsonObject {
  return { Type: 'Test::Fake::Thing', Properties: properties, ...members };
}

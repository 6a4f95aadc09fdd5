import type { ResourceStatus, StackEvent, StackStatus, Tag } from '@aws-sdk/client-cloudformation';
import type { EmbeddedAws } from '../../kernel/aws.ts';
import type { JsonObject } from '../template/json.ts';
import type { RemovalPolicy, Template } from '../template/template-model.ts';
import type { Physical } from './resource-type.ts';

/** A resource of a stack: the last requested state, and the result. */
export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  readonly physical: Physical;
  readonly properties: JsonObject;
  readonly deletionPolicy: RemovalPolicy;
  readonly updateReplacePolicy: RemovalPolicy;
  readonly status: ResourceStatus;
  readonly statusReason?: string;
  readonly timestampMs: number;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** What a stack is deployed from: with the same definition there is nothing to update. */
export interface StackDefinition {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly notificationArns: readonly string[];
  readonly capabilities: readonly string[];
  readonly roleArn?: string;
}

export type StatusListener = (stack: Stack) => void;

export interface ResourceEvent {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly status: ResourceStatus;
  readonly reason?: string | undefined;
  readonly properties?: JsonObject;
}

/** One stack: its definition, status, resources and history. Behaviour lives in the operations of `engine/`. */
export class Stack {
  readonly id: string;
  readonly name: string;
  readonly createdMs: number;
  definition: StackDefinition | undefined;
  status: StackStatus = 'REVIEW_IN_PROGRESS';
  statusReason: string | undefined;
  lastUpdatedMs: number | undefined;
  deletedMs: number | undefined;
  changeSetId: string | undefined;
  isTerminationProtected = false;
  disableRollback = false;
  outputs: readonly StackOutput[] = [];
  policyBody: string | undefined;
  /** Names of other stacks' exports that this stack reads. */
  readonly imports = new Set<string>();
  readonly resources = new Map<string, ResourceRecord>();
  /** Oldest first. */
  readonly events: StackEvent[] = [];
  private readonly aws: EmbeddedAws;
  private readonly onStatus: StatusListener;

  constructor(aws: EmbeddedAws, name: string, arnPrefix: string, onStatus: StatusListener) {
    this.aws = aws;
    this.name = name;
    this.id = `${arnPrefix}:stack/${name}/${aws.ids.uuid('stack', name)}`;
    this.createdMs = aws.clock.now();
    this.onStatus = onStatus;
  }

  get isInProgress(): boolean {
    return this.status.endsWith('_IN_PROGRESS') && this.status !== 'REVIEW_IN_PROGRESS';
  }

  get isDeleted(): boolean {
    return this.status === 'DELETE_COMPLETE';
  }

  setStatus(status: StackStatus, reason?: string): void {
    this.status = status;
    this.statusReason = reason;
    this.events.push({
      ...this.eventBase(),
      EventId: this.aws.ids.uuid('stack-event', this.id),
      LogicalResourceId: this.name,
      PhysicalResourceId: this.id,
      ResourceType: 'AWS::CloudFormation::Stack',
      ResourceStatus: status as ResourceStatus,
      ...(reason !== undefined && { ResourceStatusReason: reason }),
    });
    this.onStatus(this);
  }

  addResourceEvent(event: ResourceEvent): void {
    const base = this.eventBase();
    this.events.push({
      ...base,
      // AWS's own form; the number keeps two events of one millisecond apart.
      EventId: `${event.logicalId}-${event.status}-${base.Timestamp.toISOString()}-${this.events.length}`,
      LogicalResourceId: event.logicalId,
      PhysicalResourceId: event.physicalId,
      ResourceType: event.type,
      ResourceStatus: event.status,
      ...(event.reason !== undefined && { ResourceStatusReason: event.reason }),
      ...(event.properties && { ResourceProperties: JSON.stringify(event.properties) }),
    });
  }

  private eventBase() {
    return { StackId: this.id, StackName: this.name, Timestamp: new Date(this.aws.clock.now()) };
  }
}

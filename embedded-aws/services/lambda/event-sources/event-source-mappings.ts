import type {
  CreateEventSourceMappingRequest,
  EventSourceMappingConfiguration,
  UpdateEventSourceMappingRequest,
} from '@aws-sdk/client-lambda';
import { ACCOUNT_ID, type EmbeddedAws, NotImplemented, REGION } from '../../../kernel/aws.ts';
import { AwsError } from '../../../kernel/aws-error.ts';
import { randomUuid } from '../../../runtime/seeded-crypto.ts';
import { functionCaller } from '../execution-environment.ts';
import { functionArn, invalidParameter, parseFunctionName } from '../function-record.ts';
import { conflict, type FunctionStore } from '../function-store.ts';
import { type PollerPorts, QueuePoller } from './queue-poller.ts';

interface Mapping {
  configuration: EventSourceMappingConfiguration & { readonly UUID: string };
  readonly poller: QueuePoller;
}

/** Mappings from queues to functions, each with a poller of its own while it is enabled. */
export class EventSourceMappings {
  private readonly aws: EmbeddedAws;
  private readonly store: FunctionStore;
  private readonly ports: PollerPorts;
  private readonly mappings = new Map<string, Mapping>();

  constructor(aws: EmbeddedAws, store: FunctionStore, ports: PollerPorts) {
    this.aws = aws;
    this.store = store;
    this.ports = ports;
  }

  async create(input: CreateEventSourceMappingRequest): Promise<EventSourceMappingConfiguration> {
    const { name } = this.store.get(input.FunctionName);
    const sourceArn = input.EventSourceArn ?? '';
    if (sourceArn.split(':')[2] !== 'sqs')
      throw new NotImplemented('lambda', 'CreateEventSourceMapping for this source');
    if (input.FilterCriteria) throw new NotImplemented('lambda', 'CreateEventSourceMapping with FilterCriteria');
    this.refuseDuplicate(name, sourceArn);
    validate(input);
    await this.checkPermissions(name, sourceArn);
    const UUID = randomUuid(this.aws.random('lambda/event-source-mappings'));
    const isEnabled = input.Enabled ?? true;
    const configuration = {
      UUID,
      EventSourceArn: sourceArn,
      EventSourceMappingArn: `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:event-source-mapping:${UUID}`,
      FunctionArn: functionArn(name, parseFunctionName(input.FunctionName ?? '').qualifier),
      BatchSize: input.BatchSize ?? 10,
      MaximumBatchingWindowInSeconds: input.MaximumBatchingWindowInSeconds ?? 0,
      FunctionResponseTypes: input.FunctionResponseTypes ?? [],
      ...(input.ScalingConfig && { ScalingConfig: input.ScalingConfig }),
      LastModified: new Date(this.aws.clock.now()),
      StateTransitionReason: 'USER_INITIATED',
      State: isEnabled ? 'Enabled' : 'Disabled',
    };
    const poller = new QueuePoller(this.aws, this.ports, () => this.get(UUID).configuration);
    this.mappings.set(UUID, { configuration, poller });
    if (isEnabled) poller.start();
    return { ...configuration, State: isEnabled ? 'Creating' : 'Disabled' };
  }

  update(input: UpdateEventSourceMappingRequest): EventSourceMappingConfiguration {
    const mapping = this.get(input.UUID);
    validate(input);
    const { UUID, FunctionName, Enabled, ...changes } = input;
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const wasEnabled = mapping.configuration.State === 'Enabled';
    const isEnabled = Enabled ?? wasEnabled;
    mapping.configuration = {
      ...mapping.configuration,
      ...given,
      ...(FunctionName && { FunctionArn: this.store.get(FunctionName).arn }),
      State: isEnabled ? 'Enabled' : 'Disabled',
      LastModified: new Date(this.aws.clock.now()),
    };
    mapping.poller.stop();
    if (isEnabled) mapping.poller.start();
    const transition = isEnabled === wasEnabled ? 'Updating' : isEnabled ? 'Enabling' : 'Disabling';
    return { ...mapping.configuration, State: transition };
  }

  delete(uuid: string | undefined): EventSourceMappingConfiguration {
    const { configuration, poller } = this.get(uuid);
    poller.stop();
    this.mappings.delete(configuration.UUID);
    return { ...configuration, State: 'Deleting' };
  }

  describe(uuid: string | undefined): EventSourceMappingConfiguration {
    const { configuration, poller } = this.get(uuid);
    return { ...configuration, LastProcessingResult: poller.lastResult };
  }

  list(functionName: string | undefined, sourceArn: string | undefined): EventSourceMappingConfiguration[] {
    const name = functionName && parseFunctionName(functionName).name;
    return [...this.mappings.values()]
      .map(({ configuration }) => configuration)
      .filter(({ FunctionArn = '' }) => !name || parseFunctionName(FunctionArn).name === name)
      .filter(({ EventSourceArn }) => !sourceArn || EventSourceArn === sourceArn);
  }

  stop(): void {
    for (const { poller } of this.mappings.values()) poller.stop();
  }

  private get(uuid: string | undefined): Mapping {
    const mapping = this.mappings.get(uuid ?? '');
    if (mapping) return mapping;
    const members = { Type: 'User' };
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
      status: 404,
      members,
    });
  }

  private refuseDuplicate(functionName: string, sourceArn: string): void {
    const existing = this.list(functionName, sourceArn)[0];
    if (!existing) return;
    throw conflict(
      `An event source mapping with SQS arn (" ${sourceArn} ") and function (" ${functionName} ") already exists. ` +
        `Please update or delete the existing mapping with UUID ${existing.UUID}`,
    );
  }

  /** The role is probed with calls that cannot succeed: permission is decided before input is looked at. */
  private async checkPermissions(functionName: string, sourceArn: string): Promise<void> {
    const caller = functionCaller(this.store.version(functionName));
    const QueueUrl = `${this.ports.endpoint()}/${ACCOUNT_ID}/${sourceArn.split(':').at(-1)}`;
    const probes = {
      GetQueueAttributes: { QueueUrl },
      ReceiveMessage: { QueueUrl, MaxNumberOfMessages: 0 },
      DeleteMessage: { QueueUrl, ReceiptHandle: '' },
    };
    for (const [operation, probe] of Object.entries(probes)) {
      try {
        await this.aws.call(caller, 'sqs', operation, probe);
      } catch (error) {
        const { name, message } = error as Error;
        if (name === 'QueueDoesNotExist') throw missingQueue(message);
        if (name.startsWith('AccessDenied')) {
          throw invalidParameter(`The provided execution role does not have permissions to call ${operation} on SQS`);
        }
      }
    }
  }
}

function missingQueue(message: string): AwsError {
  const code = 'AWS.SimpleQueueService.NonExistentQueue';
  return invalidParameter(
    `Error occurred while ReceiveMessage. SQS Error Code: ${code}. SQS Error Message: ${message}`,
  );
}

const LARGEST_UNWINDOWED_BATCH = 10;

function validate(input: CreateEventSourceMappingRequest | UpdateEventSourceMappingRequest): void {
  const { BatchSize: size = 10, MaximumBatchingWindowInSeconds: windowSeconds = 0 } = input;
  if (size > LARGEST_UNWINDOWED_BATCH && windowSeconds < 1) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
  const concurrency = input.ScalingConfig?.MaximumConcurrency;
  if (concurrency !== undefined && (concurrency < 2 || concurrency > 1000)) {
    throw invalidParameter('MaximumConcurrency must be between 2 and 1000.');
  }
}

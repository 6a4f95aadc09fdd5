import { ACCOUNT_ID, type EmbeddedAws } from '../../kernel/aws.ts';
import { functionCaller } from './execution-environment.ts';
import type { ExecutionResult, Executor } from './executor.ts';
import { type FunctionVersion, functionArn } from './function-record.ts';

export interface Destinations {
  readonly aws: EmbeddedAws;
  readonly executor: Executor;
  readonly endpoint: () => string;
}

/** An asynchronous event that needs no further attempt. */
export interface FinishedEvent {
  readonly requestId: string;
  readonly invokeCount: number;
  /** The event's JSON text. */
  readonly payload: string;
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
  /** The last attempt's. */
  readonly result: ExecutionResult | undefined;
}

/** Sends the record of an invocation where its configuration says, with the permissions of the function's role. */
export async function sendToDestination(
  destinations: Destinations,
  targetArn: string,
  version: FunctionVersion,
  event: FinishedEvent,
): Promise<void> {
  const timestamp = new Date(destinations.aws.clock.now()).toISOString();
  const body = JSON.stringify(invocationRecord(version, event, timestamp));
  await send(destinations, targetArn, version, body, {}, 'DestinationDeliveryFailures');
}

/** Sends the event itself to the function's dead-letter queue or topic, with what went wrong as attributes. */
export async function sendDeadLetter(
  destinations: Destinations,
  targetArn: string,
  version: FunctionVersion,
  event: FinishedEvent,
): Promise<void> {
  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  const error = event.result ? (JSON.parse(event.result.payload) as { errorMessage?: string }) : {};
  const attributes = {
    RequestID: text(event.requestId),
    ErrorCode: { DataType: 'Number', StringValue: '200' },
    ErrorMessage: text(error.errorMessage || event.condition),
  };
  await send(destinations, targetArn, version, event.payload, attributes, 'DeadLetterErrors');
}

async function send(
  destinations: Destinations,
  targetArn: string,
  version: FunctionVersion,
  body: string,
  attributes: object,
  failureMetric: string,
): Promise<void> {
  const { aws, executor } = destinations;
  try {
    const [service, operation, input] = delivery(destinations, targetArn, body, attributes);
    await aws.call(functionCaller(version), service, operation, input);
  } catch {
    executor.record(version.functionName, failureMetric, 1, aws.clock.now());
  }
}

function delivery(destinations: Destinations, targetArn: string, body: string, attributes: object) {
  const service = targetArn.split(':')[2];
  const name = targetArn.split(':').at(-1) ?? '';
  if (service === 'sqs') {
    const QueueUrl = `${destinations.endpoint()}/${ACCOUNT_ID}/${name}`;
    return ['sqs', 'SendMessage', { QueueUrl, MessageBody: body, MessageAttributes: attributes }] as const;
  }
  if (service === 'sns') {
    return ['sns', 'Publish', { TopicArn: targetArn, Message: body, MessageAttributes: attributes }] as const;
  }
  if (service === 'lambda') {
    const Payload = new TextEncoder().encode(body);
    return ['lambda', 'Invoke', { FunctionName: targetArn, InvocationType: 'Event', Payload }] as const;
  }
  const entry = { Source: 'lambda', DetailType: 'Lambda Function Invocation Result', Detail: body };
  return ['events', 'PutEvents', { Entries: [{ ...entry, EventBusName: targetArn }] }] as const;
}

function invocationRecord(version: FunctionVersion, event: FinishedEvent, timestamp: string) {
  const { requestId, condition, invokeCount, payload, result } = event;
  return {
    version: '1.0',
    timestamp,
    requestContext: {
      requestId,
      functionArn: functionArn(version.functionName, version.version),
      condition,
      approximateInvokeCount: invokeCount,
    },
    requestPayload: JSON.parse(payload),
    ...(result && {
      responseContext: {
        statusCode: 200,
        executedVersion: version.version,
        ...(result.functionError && { functionError: result.functionError }),
      },
      responsePayload: JSON.parse(result.payload),
    }),
  };
}

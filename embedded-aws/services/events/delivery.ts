import type { Target } from '@aws-sdk/client-eventbridge';
import { ACCOUNT_ID, type Caller, type EmbeddedAws } from '../../kernel/aws.ts';
import { randomUuid } from '../../runtime/seeded-crypto.ts';
import { type DeliveredEvent, targetInput } from './input-transformer.ts';
import type { Rule } from './rule-store.ts';

/** From an event's arrival to its delivery. Assumed: AWS states half a second as typical. */
export const DELIVERY_LATENCY_MS = 200;

const DEFAULT_RETRIES = 185;
const DEFAULT_EVENT_AGE_SECONDS = 86_400;
/** Between attempts: doubled each time, with jitter. */
const BACKOFF_MS = { first: 1000, longest: 900_000 } as const;

export interface DeliveryPorts {
  readonly aws: EmbeddedAws;
  /** The cloud's HTTP endpoint, for queue URLs. */
  readonly endpoint: () => string;
}

interface Attempt {
  readonly rule: Rule;
  readonly target: Target;
  readonly text: string;
  readonly acceptedMs: number;
  retries: number;
}

/** Brings an event to one target of a rule: tries again as the target's policy says, then to its dead-letter queue. */
export function deliver(ports: DeliveryPorts, rule: Rule, target: Target, event: DeliveredEvent): void {
  const { clock } = ports.aws;
  const text = targetInput(target, event, rule);
  const attempt: Attempt = { rule, target, text, acceptedMs: clock.now(), retries: 0 };
  clock.after(DELIVERY_LATENCY_MS, () => run(ports, attempt));
}

async function run(ports: DeliveryPorts, attempt: Attempt): Promise<void> {
  try {
    await send(ports, attempt);
  } catch (error) {
    await handleFailure(ports, attempt, error as Failure);
  }
}

interface Failure extends Error {
  readonly status?: number | undefined;
}

async function handleFailure(ports: DeliveryPorts, attempt: Attempt, error: Failure): Promise<void> {
  const code = errorCode(error);
  if (code === 'NO_PERMISSIONS' || code === 'NO_RESOURCE' || code === 'SDK_CLIENT_ERROR') {
    return sendDeadLetter(ports, attempt, code, error.message, undefined);
  }
  const { clock } = ports.aws;
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = attempt.target.RetryPolicy ?? {};
  const jitter = 0.5 + ports.aws.random(`events/retries/${attempt.rule.arn}/${attempt.target.Id}`)() / 2;
  const delayMs = Math.min(BACKOFF_MS.longest, BACKOFF_MS.first * 2 ** Math.min(attempt.retries, 20)) * jitter;
  const ageMs = clock.now() + delayMs - attempt.acceptedMs;
  if (attempt.retries >= (MaximumRetryAttempts ?? DEFAULT_RETRIES)) {
    return sendDeadLetter(ports, attempt, code, error.message, 'MaximumRetryAttempts');
  }
  if (ageMs > (MaximumEventAgeInSeconds ?? DEFAULT_EVENT_AGE_SECONDS) * 1000) {
    return sendDeadLetter(ports, attempt, code, error.message, 'MaximumEventAgeInSeconds');
  }
  attempt.retries++;
  clock.after(delayMs, () => run(ports, attempt));
}

/** How EventBridge names a failure; the first three are not worth another try. */
function errorCode(error: Failure): string {
  if (/AccessDenied/i.test(error.name)) return 'NO_PERMISSIONS';
  if (/NotFound|DoesNotExist/.test(error.name)) return 'NO_RESOURCE';
  if (/TooManyRequests|Throttl/.test(error.name)) return 'THROTTLING';
  return (error.status ?? 500) < 500 ? 'SDK_CLIENT_ERROR' : 'INTERNAL_ERROR';
}

function callerOf(rule: Rule): Caller {
  return { kind: 'service', principal: 'events.amazonaws.com', sourceArn: rule.arn };
}

async function send(ports: DeliveryPorts, attempt: Attempt): Promise<void> {
  const { rule, target, text } = attempt;
  const arn = target.Arn ?? '';
  const call = (service: string, operation: string, input: object) =>
    ports.aws.call(callerOf(rule), service, operation, input);
  const service = arn.split(':')[2];
  if (service === 'lambda') {
    const Payload = new TextEncoder().encode(text);
    await call('lambda', 'Invoke', { FunctionName: arn, InvocationType: 'Event', Payload });
  } else if (service === 'sqs') {
    const { MessageGroupId } = target.SqsParameters ?? {};
    await call('sqs', 'SendMessage', { QueueUrl: queueUrl(ports, arn), MessageBody: text, MessageGroupId });
  } else if (service === 'sns') {
    await call('sns', 'Publish', { TopicArn: arn, Message: text });
  } else {
    await writeLog(ports, attempt, arn);
  }
}

function queueUrl(ports: DeliveryPorts, queueArn: string): string {
  return `${ports.endpoint()}/${ACCOUNT_ID}/${queueArn.split(':').at(-1)}`;
}

async function writeLog(ports: DeliveryPorts, attempt: Attempt, logGroupArn: string): Promise<void> {
  const { aws } = ports;
  const logGroupName = logGroupArn.split(':log-group:').at(-1)?.replace(/:\*$/, '') ?? '';
  const logStreamName = randomUuid(aws.random('events/log-streams'));
  const logEvents = [{ timestamp: aws.clock.now(), message: attempt.text }];
  await aws.call(callerOf(attempt.rule), 'logs', 'CreateLogStream', { logGroupName, logStreamName });
  await aws.call(callerOf(attempt.rule), 'logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents });
}

async function sendDeadLetter(
  ports: DeliveryPorts,
  attempt: Attempt,
  code: string,
  message: string,
  exhausted: string | undefined,
): Promise<void> {
  const { rule, target, text, retries } = attempt;
  const deadLetters = target.DeadLetterConfig?.Arn;
  if (!deadLetters) return;
  const details: Record<string, string | undefined> = {
    RULE_ARN: rule.arn,
    TARGET_ARN: target.Arn,
    ERROR_CODE: code,
    ERROR_MESSAGE: message,
    EXHAUSTED_RETRY_CONDITION: exhausted,
    RETRY_ATTEMPTS: retries > 0 ? String(retries) : undefined,
  };
  const MessageAttributes = Object.fromEntries(
    Object.entries(details)
      .filter(([, value]) => value)
      .map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
  const input = { QueueUrl: queueUrl(ports, deadLetters), MessageBody: text, MessageAttributes };
  // A queue whose policy does not let EventBridge in loses the event, as on AWS.
  await ports.aws.call(callerOf(rule), 'sqs', 'SendMessage', input).catch(() => undefined);
}

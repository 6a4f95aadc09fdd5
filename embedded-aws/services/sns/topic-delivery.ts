import { ACCOUNT_ID, type Caller, type EmbeddedAws } from '../../kernel/aws.ts';
import { lambdaEvent, messageFor, type Notification, passesFilter, queueEnvelope } from './notification.ts';
import type { Subscription } from './topic-subscription.ts';

/** From a published message to its delivery. Assumed. */
const DELIVERY_LATENCY_MS = 50;
/** After a refusal that may pass: three attempts a second apart. AWS goes on for days. */
const RETRIES = { count: 3, delayMs: 1000 } as const;

/** Delivers to one subscription as SNS; a target that does not let SNS in never gets the message. */
export function deliver(
  aws: EmbeddedAws,
  endpoint: () => string,
  subscription: Subscription,
  notification: Notification,
): void {
  if (subscription.isPending || !passesFilter(subscription, notification.input)) return;
  const attempt = async (retriesLeft: number): Promise<void> => {
    try {
      await send(aws, endpoint(), subscription, notification);
    } catch (error) {
      const isWorthwhile = !/AccessDenied|NotFound|DoesNotExist/.test((error as Error).name);
      if (isWorthwhile && retriesLeft > 0) aws.clock.after(RETRIES.delayMs, () => attempt(retriesLeft - 1));
    }
  };
  aws.clock.after(DELIVERY_LATENCY_MS, () => attempt(RETRIES.count));
}

async function send(
  aws: EmbeddedAws,
  endpoint: string,
  subscription: Subscription,
  notification: Notification,
): Promise<void> {
  const caller: Caller = { kind: 'service', principal: 'sns.amazonaws.com', sourceArn: subscription.topicArn };
  if (subscription.protocol === 'lambda') {
    const Payload = new TextEncoder().encode(JSON.stringify(lambdaEvent(subscription, notification, endpoint)));
    const input = { FunctionName: subscription.endpoint, InvocationType: 'Event', Payload };
    await aws.call(caller, 'lambda', 'Invoke', input);
    return;
  }
  const isRaw = subscription.attributes.RawMessageDelivery === 'true';
  const input = {
    QueueUrl: `${endpoint}/${ACCOUNT_ID}/${subscription.endpoint.split(':').at(-1)}`,
    MessageBody: isRaw ? messageFor('sqs', notification.input) : queueEnvelope(subscription, notification, endpoint),
    ...(isRaw && { MessageAttributes: notification.input.MessageAttributes }),
  };
  await aws.call(caller, 'sqs', 'SendMessage', input);
}

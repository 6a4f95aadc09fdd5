import { AwsError } from '../../kernel/aws-error.ts';
import { own } from '../../kernel/plain-records.ts';
import { invalidParameterValue } from './sqs-errors.ts';

/** What a queue is told when it is made or changed. */
export type QueueAttributes = Readonly<Record<string, string>>;

/** Smallest, largest and default value of the numeric attributes; seconds but for the size in bytes. */
const NUMBERS: Readonly<Record<string, readonly [number, number, number]>> = {
  VisibilityTimeout: [0, 43_200, 30],
  DelaySeconds: [0, 900, 0],
  MaximumMessageSize: [1024, 1_048_576, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600, 345_600],
  ReceiveMessageWaitTimeSeconds: [0, 20, 0],
  KmsDataKeyReusePeriodSeconds: [60, 86_400, 300],
};
const OTHERS = new Set([
  ...['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'SqsManagedSseEnabled'],
  ...['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'],
]);

/** Checks what a caller wants to set. @throws InvalidAttributeName, InvalidAttributeValue, InvalidParameterValue */
export function checkAttributes(attributes: QueueAttributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const range = own(NUMBERS, name);
    if (!range && !OTHERS.has(name))
      throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`, { status: 400 });
    if (value === '' || !range) continue;
    const number = Number(value);
    if (!Number.isInteger(number) || number < range[0] || number > range[1]) {
      throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`, { status: 400 });
    }
  }
  if (attributes.RedrivePolicy) parseRedrivePolicy(attributes);
  if (attributes.KmsMasterKeyId && attributes.SqsManagedSseEnabled === 'true') {
    const text =
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.';
    throw new AwsError('InvalidAttributeValue', text, { status: 400 });
  }
}

export function numberOf(attributes: QueueAttributes, name: keyof typeof NUMBERS & string): number {
  return Number(own(attributes, name) || own(NUMBERS, name)?.[2]);
}

/** All settings as GetQueueAttributes shows them, with defaults. */
export function withDefaults(attributes: QueueAttributes): Record<string, string> {
  const { KmsDataKeyReusePeriodSeconds: _, ...shown } = NUMBERS;
  const numbers = Object.keys(shown).map((name) => [name, String(numberOf(attributes, name))]);
  const isEncrypted = attributes.KmsMasterKeyId ? 'false' : 'true';
  const fifo = attributes.FifoQueue === 'true' && {
    ContentBasedDeduplication: 'false',
    DeduplicationScope: 'queue',
    FifoThroughputLimit: 'perQueue',
  };
  const set = Object.entries(attributes).filter(([, value]) => value !== '');
  return { SqsManagedSseEnabled: isEncrypted, ...fifo, ...Object.fromEntries(set), ...Object.fromEntries(numbers) };
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export function parseRedrivePolicy(attributes: QueueAttributes): RedrivePolicy | undefined {
  const text = attributes.RedrivePolicy;
  if (!text) return undefined;
  const bad = () =>
    invalidParameterValue(
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: Redrive policy is not a valid JSON map.`,
    );
  let policy: { deadLetterTargetArn?: string; maxReceiveCount?: number | string } | null;
  try {
    policy = JSON.parse(text);
  } catch {
    throw bad();
  }
  const maxReceiveCount = Number(policy?.maxReceiveCount);
  if (!policy?.deadLetterTargetArn || !(maxReceiveCount >= 1 && maxReceiveCount <= 1000)) throw bad();
  return { deadLetterTargetArn: policy.deadLetterTargetArn, maxReceiveCount };
}

import { AwsError } from '../../kernel/aws-error.ts';

export interface Receipt {
  readonly messageId: string;
  /** Which reception of the message it stands for. */
  readonly receiveCount: number;
}

export function formatReceipt(
  queueArn: string,
  message: { readonly id: string; readonly receiveCount: number },
): string {
  return Buffer.from(`${queueArn} ${message.id} ${message.receiveCount}`).toString('base64');
}

/** @throws ReceiptHandleIsInvalid for what this queue never handed out. */
export function parseReceipt(queueArn: string, receiptHandle: string): Receipt {
  const [arn, messageId, count] = Buffer.from(receiptHandle, 'base64').toString().split(' ');
  if (arn !== queueArn || !messageId || !count) {
    const text = `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`;
    throw new AwsError('ReceiptHandleIsInvalid', text, { status: 404 });
  }
  return { messageId, receiveCount: Number(count) };
}

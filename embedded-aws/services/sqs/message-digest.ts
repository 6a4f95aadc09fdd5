import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { own } from '../../kernel/plain-records.ts';

export function md5(content: string | Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}

function lengthPrefixed(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const STRING_VALUE = Buffer.from([1]);
const BINARY_VALUE = Buffer.from([2]);

/**
 * The digest of message attributes that clients compare with their own: by name, each as name, type, a mark for text or
 * bytes, and value, every part led by its length.
 */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttributeValue>>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts = names.flatMap((name) => {
    const { DataType = '', StringValue, BinaryValue } = own(attributes, name) ?? {};
    const isBinary = DataType.startsWith('Binary');
    const value = isBinary ? (BinaryValue ?? new Uint8Array()) : (StringValue ?? '');
    return [
      lengthPrefixed(name),
      lengthPrefixed(DataType),
      isBinary ? BINARY_VALUE : STRING_VALUE,
      lengthPrefixed(value),
    ];
  });
  return md5(Buffer.concat(parts));
}

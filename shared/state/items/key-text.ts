import { createHash } from 'node:crypto';

/** DynamoDB takes sort keys of at most 1,024 bytes; this leaves room for what stands beside the name. */
const LONGEST_BYTES = 600;
const KEPT_CHARACTERS = 150;

/** A name that fits into a key: one that is too long is cut, and its hash appended so that it stays unique. */
export function keyText(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST_BYTES) return name;
  return `${name.slice(0, KEPT_CHARACTERS)}#${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

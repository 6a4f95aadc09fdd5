import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { AwsError } from '../../kernel/aws-error.ts';

type EncryptionContext = Readonly<Record<string, string>> | undefined;

const ALGORITHM = 'aes-256-gcm';
const KEY_ID_BYTES = 36;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts as KMS does: the ciphertext names its key and opens only with the same context.
 * Keys follow from their ids, so that a run repeats to the byte: this protects nothing, and is not meant to.
 */
export function encrypt(keyId: string, nonce: string, plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
  const iv = createHash('sha256').update(nonce).digest().subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, secretOf(keyId), iv).setAAD(contextBytes(context));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from(keyId), iv, cipher.getAuthTag(), body]);
}

export const keyIdOf = (ciphertext: Uint8Array): string => Buffer.from(ciphertext.subarray(0, KEY_ID_BYTES)).toString();

/** @throws AwsError `InvalidCiphertextException` when the text was changed or the context is another. */
export function decrypt(ciphertext: Uint8Array, context: EncryptionContext): Uint8Array {
  const parts = Buffer.from(ciphertext);
  const bodyStart = KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;
  const iv = parts.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES);
  try {
    const decipher = createDecipheriv(ALGORITHM, secretOf(keyIdOf(parts)), iv).setAAD(contextBytes(context));
    decipher.setAuthTag(parts.subarray(KEY_ID_BYTES + NONCE_BYTES, bodyStart));
    return Buffer.concat([decipher.update(parts.subarray(bodyStart)), decipher.final()]);
  } catch {
    throw new AwsError('InvalidCiphertextException', '');
  }
}

/** The bytes of a new data key: from its name, for the same reason. */
export const dataKey = (name: string, byteCount: number): Uint8Array =>
  createHash('shake256', { outputLength: byteCount }).update(name).digest();

const secretOf = (keyId: string): Uint8Array => createHash('sha256').update(`secret of ${keyId}`).digest();

const contextBytes = (context: EncryptionContext): Uint8Array =>
  Buffer.from(JSON.stringify(Object.entries(context ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))));

import { type Caller, type EmbeddedAws, REGION } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { parameterArn } from './parameter.ts';

/** The key that AWS manages for Parameter Store: every principal of the account may use it, through Parameter Store. */
export const DEFAULT_KEY = 'alias/aws/ssm';

/**
 * The values of `SecureString` parameters, encrypted by KMS under the parameter's ARN. Parameter Store uses the key in
 * the name of its caller and keeps nothing decrypted: who may not use the key sees the ciphertext alone.
 */
export class SecureValues {
  private readonly aws: EmbeddedAws;

  constructor(aws: EmbeddedAws) {
    this.aws = aws;
  }

  /** @returns the ciphertext in base64. @throws AwsError when the caller may not encrypt with the key. */
  async seal(caller: Caller, name: string, KeyId: string, value: string): Promise<string> {
    const input = { KeyId, Plaintext: Buffer.from(value), EncryptionContext: contextOf(name) };
    const { CiphertextBlob } = await this.ask<{ CiphertextBlob: Uint8Array }>(caller, 'Encrypt', input);
    return Buffer.from(CiphertextBlob).toString('base64');
  }

  /** @throws AwsError when the caller may not decrypt, or the key is of no use. */
  async open(caller: Caller, name: string, ciphertext: string): Promise<string> {
    const input = { CiphertextBlob: Buffer.from(ciphertext, 'base64'), EncryptionContext: contextOf(name) };
    const { Plaintext } = await this.ask<{ Plaintext: Uint8Array }>(caller, 'Decrypt', input);
    return Buffer.from(Plaintext).toString();
  }

  private async ask<Output>(caller: Caller, operation: string, input: object): Promise<Output> {
    const asker = caller.kind === 'developer' ? caller : { ...caller, via: `ssm.${REGION}.amazonaws.com` };
    try {
      return await this.aws.call<Output>(asker, 'kms', operation, input);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code === 'AccessDeniedException') throw error;
      throw new AwsError('InvalidKeyId', `${error.message} (Service: AWSKMS; Error Code: ${error.code})`);
    }
  }
}

const contextOf = (name: string) => ({ PARAMETER_ARN: parameterArn(name) });

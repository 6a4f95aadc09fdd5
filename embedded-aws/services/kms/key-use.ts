import { type Caller, type EmbeddedAws, REGION } from '../../kernel/aws.ts';

export type EncryptionContext = Readonly<Record<string, string>>;

/** How long a service caches a data key before it asks KMS again: the default of SQS, SNS and DynamoDB. */
const REUSE_MS = 300_000;

/**
 * How another service uses a customer's key: in the name of whoever calls that service, with the data key kept for a
 * while. So a missing permission is noticed at the first use, and one that is taken away a few minutes later.
 */
export class KeyUse {
  private readonly aws: EmbeddedAws;
  private readonly via: string;
  /** Until when, by caller, key and what is encrypted. */
  private readonly kept = new Map<string, { readonly untilMs: number; readonly sealed: Uint8Array }>();

  /** @param service as it is named in `kms:ViaService`: `sqs` */
  constructor(aws: EmbeddedAws, service: string) {
    this.aws = aws;
    this.via = `${service}.${REGION}.amazonaws.com`;
  }

  /** A new data key, checked by opening it. @returns it sealed, for the readers. @throws AwsError as KMS does. */
  async seal(caller: Caller, KeyId: string, EncryptionContext: EncryptionContext): Promise<Uint8Array> {
    return await this.keep('seal', caller, KeyId, EncryptionContext, async (asker) => {
      const input = { KeyId, KeySpec: 'AES_256', EncryptionContext };
      const { CiphertextBlob } = await this.aws.call<Sealed>(asker, 'kms', 'GenerateDataKey', input);
      await this.aws.call(asker, 'kms', 'Decrypt', { KeyId, CiphertextBlob, EncryptionContext });
      return CiphertextBlob;
    });
  }

  /** Opens a data key for a reader. @throws AwsError as KMS does. */
  async open(
    caller: Caller,
    KeyId: string,
    EncryptionContext: EncryptionContext,
    CiphertextBlob: Uint8Array,
  ): Promise<void> {
    await this.keep('open', caller, KeyId, EncryptionContext, async (asker) => {
      await this.aws.call(asker, 'kms', 'Decrypt', { KeyId, CiphertextBlob, EncryptionContext });
      return CiphertextBlob;
    });
  }

  private async keep(
    what: string,
    caller: Caller,
    keyId: string,
    context: EncryptionContext,
    ask: (asker: Caller) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const name = `${what} ${principalOf(caller)} ${keyId} ${JSON.stringify(context)}`;
    const kept = this.kept.get(name);
    const nowMs = this.aws.clock.now();
    if (kept && kept.untilMs > nowMs) return kept.sealed;
    const sealed = await ask(caller.kind === 'developer' ? caller : { ...caller, via: this.via });
    this.kept.set(name, { untilMs: nowMs + REUSE_MS, sealed });
    return sealed;
  }
}

interface Sealed {
  readonly CiphertextBlob: Uint8Array;
}

function principalOf(caller: Caller): string {
  if (caller.kind === 'function') return caller.roleArn;
  return caller.kind === 'service' ? caller.principal : 'developer';
}

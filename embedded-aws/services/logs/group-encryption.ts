import { type Caller, type EmbeddedAws, REGION } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { KeyUse } from '../kms/key-use.ts';
import { logGroupArn } from './log-group.ts';

const PRINCIPAL = `logs.${REGION}.amazonaws.com`;

/** CloudWatch Logs uses a log group's key as itself, for that group alone: the key's policy has to let it. */
export class GroupEncryption {
  private readonly keys: KeyUse;
  private readonly sealed = new Map<string, Uint8Array>();

  constructor(aws: EmbeddedAws) {
    this.keys = new KeyUse(aws, 'logs');
  }

  /** @throws AwsError `AccessDeniedException` when the service may not use the key for this group. */
  async mayUse(groupName: string, keyId: string | undefined): Promise<void> {
    if (keyId === undefined) return;
    const arn = logGroupArn(groupName);
    try {
      this.sealed.set(arn, await this.keys.seal(asLogs(arn), keyId, contextOf(arn)));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const text = `The specified KMS key does not exist or is not allowed to be used with LogGroup '${arn}'`;
      throw new AwsError('AccessDeniedException', text, { status: 400 });
    }
  }

  /** What is encrypted can be read only as long as the service may use the key. @throws AwsError `AccessDeniedException` */
  async mayRead(groupName: string, keyId: string | undefined): Promise<void> {
    const arn = logGroupArn(groupName);
    const sealed = this.sealed.get(arn);
    if (keyId !== undefined && sealed) await this.keys.open(asLogs(arn), keyId, contextOf(arn), sealed);
  }
}

const asLogs = (sourceArn: string): Caller => ({ kind: 'service', principal: PRINCIPAL, sourceArn });
const contextOf = (arn: string) => ({ 'aws:logs:arn': arn });

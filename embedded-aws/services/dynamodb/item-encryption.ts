import type { SSEDescription, SSESpecification } from '@aws-sdk/client-dynamodb';
import { ACCOUNT_ID, type Call, type Caller, type EmbeddedAws, type Operation, REGION } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { KeyUse } from '../kms/key-use.ts';
import { type TableEncryption, tableNameOf } from './tables.ts';

interface ItemInput {
  readonly TableName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

/** Encryption of tables: with a customer's key, a caller that accesses an item needs `kms:Decrypt`, through DynamoDB. */
export class ItemEncryption {
  private readonly keys: KeyUse;
  private readonly encryptionOf: (tableName: string) => TableEncryption | undefined;

  constructor(aws: EmbeddedAws, encryptionOf: (tableName: string) => TableEncryption | undefined) {
    this.keys = new KeyUse(aws, 'dynamodb');
    this.encryptionOf = encryptionOf;
  }

  /** What a specification asks for; the table's data key is made in the name of who creates the table. */
  async chosen(
    caller: Caller,
    tableName: string,
    specification: SSESpecification | undefined,
  ): Promise<TableEncryption | undefined> {
    if (!specification?.Enabled) return undefined;
    const keyId = specification.KMSMasterKeyId;
    if (keyId === undefined) return 'aws-managed';
    return { keyId, sealed: await asTableError(() => this.keys.seal(caller, keyId, contextOf(tableName))) };
  }

  describe(encryption: TableEncryption | undefined): SSEDescription | undefined {
    if (encryption === undefined) return undefined;
    const keyId = encryption === 'aws-managed' ? undefined : encryption.keyId;
    const isArn = keyId === undefined || keyId.startsWith('arn:');
    const arn = isArn ? keyId : `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/${keyId}`;
    return { Status: 'ENABLED', SSEType: 'KMS', ...(arn && { KMSMasterKeyArn: arn }) };
  }

  /** The operation, for those only who may use the keys of its tables. */
  guarding(run: Operation): Operation {
    return async (input: ItemInput, call: Call) => {
      for (const name of tablesOf(input)) await this.mayTouch(call.caller, name);
      return await run(input as never, call);
    };
  }

  private async mayTouch(caller: Caller, tableName: string): Promise<void> {
    const encryption = this.encryptionOf(tableName);
    if (encryption === undefined || encryption === 'aws-managed') return;
    await asTableError(() => this.keys.open(caller, encryption.keyId, contextOf(tableName), encryption.sealed));
  }
}

const contextOf = (tableName: string) => ({
  'aws:dynamodb:tableName': tableName,
  'aws:dynamodb:subscriberId': ACCOUNT_ID,
});

function tablesOf({ TableName, RequestItems }: ItemInput): string[] {
  return TableName === undefined ? Object.keys(RequestItems ?? {}).map(tableNameOf) : [tableNameOf(TableName)];
}

async function asTableError<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const isDenied = error.code === 'AccessDeniedException';
    const code = isDenied ? 'AccessDeniedException' : 'ValidationException';
    throw new AwsError(code, `KMS key access denied error: ${error.message}`, { status: 400 });
  }
}

import type { KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { ACCOUNT_ID, REGION } from '../../kernel/aws.ts';
import type { ExpiryIndex } from './expiry.ts';

export type TableEncryption = 'aws-managed' | { readonly keyId: string; readonly sealed: Uint8Array };

/** What dynalite does not keep of a table. */
export interface TableExtras {
  readonly createdAtMs: number;
  readonly partitionKey: string | undefined;
  /** Undefined while expiry is off. */
  expiry: ExpiryIndex | undefined;
  isPointInTimeRecoveryOn: boolean;
  /** The customer's key with a data key of it, `aws-managed` for AWS's own in the account, undefined for AWS's own elsewhere. */
  encryption: TableEncryption | undefined;
}

export const newExtras = (createdAtMs: number, keySchema: readonly KeySchemaElement[] | undefined): TableExtras => ({
  createdAtMs,
  partitionKey: keySchema?.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName,
  expiry: undefined,
  isPointInTimeRecoveryOn: false,
  encryption: undefined,
});

export const tableArn = (tableName: string): string => `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${tableName}`;

/** Tables may be addressed by name or by ARN. */
export const tableNameOf = (nameOrArn: string): string => nameOrArn.split('/').at(-1) ?? nameOrArn;

/** The inputs by which operations address tables. */
interface Addressing {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly ResourceArn?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

/** The ARNs of all tables and indexes that an input touches. */
export function addressedArns(input: unknown): readonly string[] {
  const { TableName, IndexName, ResourceArn, RequestItems } = input as Addressing;
  if (ResourceArn !== undefined) return [ResourceArn];
  if (RequestItems) return Object.keys(RequestItems).map((name) => tableArn(tableNameOf(name)));
  if (TableName === undefined) return ['*'];
  const arn = tableArn(tableNameOf(TableName));
  return [IndexName === undefined ? arn : `${arn}/index/${IndexName}`];
}

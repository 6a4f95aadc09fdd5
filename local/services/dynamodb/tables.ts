import { ACCOUNT_ID, REGION } from '../../kernel/aws.ts';
import type { ExpiryIndex } from './expiry.ts';

/** What dynalite does not keep of a table. */
export interface TableExtras {
  readonly createdAtMs: number;
  /** Undefined while expiry is off. */
  expiry: ExpiryIndex | undefined;
  isPointInTimeRecoveryOn: boolean;
  isEncryptedByKms: boolean;
}

export const newExtras = (createdAtMs: number): TableExtras => ({
  createdAtMs,
  expiry: undefined,
  isPointInTimeRecoveryOn: false,
  isEncryptedByKms: false,
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

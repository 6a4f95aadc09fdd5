import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { own } from '../../kernel/plain-records.ts';
import { tableNameOf } from './tables.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;

interface ItemInput {
  readonly TableName?: string;
  readonly Key?: Attributes;
  readonly Item?: Attributes;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
  readonly RequestItems?: Readonly<Record<string, readonly BatchedWrite[] | { readonly Keys?: readonly Attributes[] }>>;
}

interface BatchedWrite {
  readonly PutRequest?: { readonly Item?: Attributes };
  readonly DeleteRequest?: { readonly Key?: Attributes };
}

/** The name of a table's partition key; undefined for a table that is not known. */
export type PartitionKeyOf = (tableName: string) => string | undefined;

/**
 * The partition keys that a request names, for the condition key `dynamodb:LeadingKeys`; undefined where it names none,
 * as a scan does.
 */
export function leadingKeys(input: unknown, partitionKeyOf: PartitionKeyOf): readonly string[] | undefined {
  const request = input as ItemInput;
  const found = Object.entries(request.RequestItems ?? {}).flatMap(([table, batch]) =>
    itemsOf(batch).map((item) => own(item, partitionKeyOf(tableNameOf(table)) ?? '')),
  );
  const key = partitionKeyOf(tableNameOf(request.TableName ?? ''));
  if (key !== undefined) found.push(own(request.Key ?? request.Item, key) ?? queried(request, key));
  const texts = found.flatMap((value) => value?.S ?? value?.N ?? []);
  return texts.length === 0 ? undefined : texts;
}

function itemsOf(batch: readonly BatchedWrite[] | { readonly Keys?: readonly Attributes[] }): readonly Attributes[] {
  if (!Array.isArray(batch)) return (batch as { readonly Keys?: readonly Attributes[] }).Keys ?? [];
  const writes: readonly BatchedWrite[] = batch;
  return writes.flatMap(({ PutRequest, DeleteRequest }): readonly Attributes[] => {
    const item = PutRequest?.Item ?? DeleteRequest?.Key;
    return item ? [item] : [];
  });
}

/** In a query the partition key is always compared by `=`. */
function queried(input: ItemInput, key: string): AttributeValue | undefined {
  const { KeyConditionExpression = '', ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input;
  for (const [, name = '', placeholder = ''] of KeyConditionExpression.matchAll(/([#\w]+)\s*=\s*(:\w+)/g)) {
    if ((own(names, name) ?? name) === key) return own(values, placeholder);
  }
  return undefined;
}

import type { AttributeValue, ScanCommandOutput, TableDescription } from '@aws-sdk/client-dynamodb';
import type { DynamoDbEngine } from './engine.ts';

type Item = Record<string, AttributeValue>;

/** Items whose expiry lies further back are taken for a mistake and kept, as DynamoDB does. */
const OLDEST_EXPIRY_S = 5 * 365 * 86_400;

/** Deletes the items of a table whose expiry has passed. */
export async function deleteExpired(
  engine: DynamoDbEngine,
  tableName: string,
  ttlAttribute: string,
  nowMs: number,
): Promise<void> {
  const nowS = Math.floor(nowMs / 1000);
  const { Table } = await engine.request<{ Table?: TableDescription }>('DescribeTable', { TableName: tableName });
  let ExclusiveStartKey: Item | undefined;
  do {
    const page: ScanCommandOutput = await engine.request('Scan', {
      TableName: tableName,
      FilterExpression: '#expiry BETWEEN :oldest AND :now',
      ExpressionAttributeNames: { '#expiry': ttlAttribute },
      ExpressionAttributeValues: { ':oldest': { N: String(nowS - OLDEST_EXPIRY_S) }, ':now': { N: String(nowS) } },
      ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
    });
    for (const item of page.Items ?? []) {
      await engine.request('DeleteItem', { TableName: tableName, Key: keyOf(Table, item) });
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

/** The primary key of an item. */
export function keyOf(table: TableDescription | undefined, item: Item): Item {
  const names = (table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
  return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

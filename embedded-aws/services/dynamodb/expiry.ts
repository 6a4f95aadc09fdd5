import type { AttributeValue, ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../kernel/aws-error.ts';
import type { DynamoDbEngine } from './engine.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** Items whose expiry lies further back are taken for a mistake and kept, as DynamoDB does. */
const OLDEST_EXPIRY_S = 5 * 365 * 86_400;
/** Items that expire within the same time are kept, and deleted, together. */
const BUCKET_S = 300;

/**
 * The expiry times of one table's items, so that expiry need not scan the whole table. It may hold an
 * item more than once, or one that has another expiry by now: the table has the last word when items are deleted.
 */
export class ExpiryIndex {
  readonly attribute: string;
  private readonly keyNames: readonly string[];
  private readonly buckets = new Map<number, Item[]>();

  constructor(attribute: string, keyNames: readonly string[]) {
    this.attribute = attribute;
    this.keyNames = keyNames;
  }

  /** Takes note of an item that was written. */
  note(item: Item | undefined): void {
    const expiryS = Number(item?.[this.attribute]?.N ?? Number.NaN);
    if (!item || !Number.isFinite(expiryS)) return;
    const bucket = Math.ceil(expiryS / BUCKET_S);
    const keys = this.buckets.get(bucket) ?? [];
    keys.push(keyOf(this.keyNames, item));
    this.buckets.set(bucket, keys);
  }

  /** Takes note of all items that are in the table already. */
  async noteAll(engine: DynamoDbEngine, tableName: string): Promise<void> {
    let ExclusiveStartKey: Item | undefined;
    do {
      const start = ExclusiveStartKey && { ExclusiveStartKey };
      const page = await engine.request<ScanCommandOutput>('Scan', { TableName: tableName, ...start });
      for (const item of page.Items ?? []) this.note(item);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }

  /** Deletes the items whose expiry has passed. */
  async deleteExpired(engine: DynamoDbEngine, tableName: string, nowMs: number): Promise<void> {
    const nowS = Math.floor(nowMs / 1000);
    for (const [bucket, keys] of this.buckets) {
      if (bucket > nowS / BUCKET_S) continue;
      this.buckets.delete(bucket);
      for (const Key of keys) await this.deleteIfExpired(engine, tableName, Key, nowS);
    }
  }

  private async deleteIfExpired(engine: DynamoDbEngine, TableName: string, Key: Item, nowS: number): Promise<void> {
    try {
      await engine.request('DeleteItem', {
        TableName,
        Key,
        ConditionExpression: '#expiry BETWEEN :oldest AND :now',
        ExpressionAttributeNames: { '#expiry': this.attribute },
        ExpressionAttributeValues: { ':oldest': { N: String(nowS - OLDEST_EXPIRY_S) }, ':now': { N: String(nowS) } },
      });
    } catch (error) {
      // It is gone, or was given more time.
      if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') throw error;
    }
  }
}

/** The primary key of an item. */
export function keyOf(keyNames: readonly string[], item: Item): Item {
  return Object.fromEntries(keyNames.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

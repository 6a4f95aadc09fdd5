import { DEVELOPER, type EmbeddedAws } from '@tidegate/embedded-aws/kernel';

interface Page<Item> {
  readonly Items: readonly Item[];
  readonly LastEvaluatedKey?: object;
}

/** Every item that a `Query` or a `Scan` finds. DynamoDB answers at most one megabyte at a time: all pages are read. */
export async function everyItem<Item>(aws: EmbeddedAws, operation: 'Query' | 'Scan', input: object): Promise<Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: object | undefined;
  do {
    const page: Page<Item> = await aws.call(DEVELOPER, 'dynamodb', operation, {
      ...input,
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    });
    items.push(...page.Items);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

import { DEVELOPER, type EmbeddedAws } from '@tidegate/embedded-aws/kernel';

interface Page<Item> {
  readonly Items: readonly Item[];
  readonly LastEvaluatedKey?: object;
}

/** Every item of a `Query` or a `Scan`, over all pages; DynamoDB returns at most one megabyte per page. */
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

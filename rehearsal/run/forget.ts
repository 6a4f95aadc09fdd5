import { DEVELOPER, type EmbeddedAws } from '@tidegate/embedded-aws/kernel';
import type { DeployedService } from './deployed-stack.ts';
import { everyItem } from './items.ts';

interface Item {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
}

/**
 * Removes control's state of the deployed API. A rehearsal begins at its own date, so a tick during the deploy would
 * otherwise look like a controller that was silent for years.
 */
export async function forgetControl(
  aws: EmbeddedAws,
  { apiId, stageName, stateTable }: DeployedService,
): Promise<void> {
  const items = await everyItem<Item>(aws, 'Query', {
    TableName: stateTable,
    KeyConditionExpression: 'pk = :api',
    ExpressionAttributeValues: { ':api': { S: `API#${apiId}/${stageName}` } },
  });
  for (const { pk, sk } of items) {
    await aws.call(DEVELOPER, 'dynamodb', 'DeleteItem', { TableName: stateTable, Key: { pk, sk } });
  }
}

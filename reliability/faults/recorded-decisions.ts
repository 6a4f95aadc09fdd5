import { everyItem } from '../../rehearsal/run/items.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { Decision } from '../../shared/state/decisions.ts';
import { epochText } from '../../shared/state/items/table.ts';
import type { Scene } from './scene.ts';

/** Every decision of the deployed API from an instant on, oldest first. */
export async function readDecisions(
  { cloud, service }: Pick<Scene, 'cloud' | 'service'>,
  sinceMs: EpochMs,
): Promise<Decision[]> {
  const items = await everyItem<{ readonly decision: { readonly S: string } }>(cloud.aws, 'Query', {
    TableName: service.stateTable,
    KeyConditionExpression: 'pk = :pk AND sk > :since',
    ExpressionAttributeValues: {
      ':pk': { S: `DECISION#${service.apiId}/${service.stageName}` },
      ':since': { S: epochText(sinceMs) },
    },
    ConsistentRead: true,
  });
  return items.map(({ decision }) => JSON.parse(decision.S) as Decision);
}

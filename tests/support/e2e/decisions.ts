import type { Deployed } from '../../../rehearsal/deploy/in-process-deploy.ts';
import { everyItem } from '../../../rehearsal/run/items.ts';
import type { Decision } from '../../../shared/state/decisions.ts';

/** Every decision of the deployed API from an instant on, oldest first. */
export async function decisionsSince(
  { cloud, service }: Pick<Deployed, 'cloud' | 'service'>,
  sinceMs: number,
): Promise<Decision[]> {
  const items = await everyItem<{ decision: { S: string } }>(cloud.aws, 'Query', {
    TableName: service.stateTable,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: `DECISION#${service.apiId}/${service.stageName}` } },
    ConsistentRead: true,
  });
  const decisions = items.map(({ decision }) => JSON.parse(decision.S) as Decision);
  return decisions.filter(({ atMs }) => atMs >= sinceMs);
}

/** Those that the law took; what became of limits that others moved is recorded beside them. */
export const withoutDrift = (decisions: readonly Decision[]): Decision[] =>
  decisions.filter(({ rule }) => !rule.startsWith('drift-'));

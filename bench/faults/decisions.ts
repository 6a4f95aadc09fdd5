import { DEVELOPER } from '../../local/kernel/aws.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { Decision } from '../../shared/state/decisions.ts';
import { epochText } from '../../shared/state/table.ts';
import type { Scene } from './scene.ts';

interface Page {
  readonly Items: readonly { readonly decision: { readonly S: string } }[];
  readonly LastEvaluatedKey?: object;
}

/** Every decision of the deployed API from an instant on, oldest first. */
export async function readDecisions(
  { cloud, service }: Pick<Scene, 'cloud' | 'service'>,
  sinceMs: EpochMs,
): Promise<Decision[]> {
  const decisions: Decision[] = [];
  let ExclusiveStartKey: object | undefined;
  do {
    const page: Page = await cloud.aws.call(DEVELOPER, 'dynamodb', 'Query', {
      TableName: service.stateTable,
      KeyConditionExpression: 'pk = :pk AND sk > :since',
      ExpressionAttributeValues: {
        ':pk': { S: `DECISION#${service.apiId}/${service.stageName}` },
        ':since': { S: epochText(sinceMs) },
      },
      ConsistentRead: true,
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    });
    decisions.push(...page.Items.map(({ decision }) => JSON.parse(decision.S) as Decision));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return decisions;
}

import { type Caller, DEVELOPER } from '@tidegate/embedded-aws/kernel';
import type { Scene } from '../faults/scene.ts';

/** An attribute as DynamoDB holds it; the types that no function of ours writes come by tampering only. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly BOOL?: boolean;
  readonly NULL?: true;
  readonly M?: Readonly<Record<string, never>>;
  readonly L?: readonly never[];
}

/** An item of the state table with its key. */
export type Item = Readonly<Record<string, AttributeValue>>;

type Limits = ReturnType<Scene['cloud']['services']['apigateway']['currentLimits']>;

/** Everything that control can change, at one instant. */
export interface Snapshot {
  readonly items: ReadonlyMap<string, Item>;
  readonly limits: Limits;
}

/** It may write whatever it likes, without spending the account's quotas. */
const RESTORER: Caller = { kind: 'service', principal: 'cloudformation.amazonaws.com', sourceArn: 'restore' };

export const keyOf = ({ pk, sk }: Item): string => `${pk?.S} ${sk?.S}`;

export async function takeSnapshot({ cloud, service }: Scene): Promise<Snapshot> {
  const items = new Map<string, Item>();
  let ExclusiveStartKey: object | undefined;
  do {
    const page: { Items: Item[]; LastEvaluatedKey?: object } = await cloud.aws.call(DEVELOPER, 'dynamodb', 'Scan', {
      TableName: service.stateTable,
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    });
    for (const item of page.Items) items.set(keyOf(item), item);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return { items, limits: cloud.services.apigateway.currentLimits(service.apiId, service.stageName) };
}

/** Puts everything back; only what is different is touched. */
export async function restore(scene: Scene, { items, limits }: Snapshot): Promise<void> {
  const { cloud, service } = scene;
  const TableName = service.stateTable;
  const now = await takeSnapshot(scene);
  for (const [key, item] of now.items) {
    if (items.has(key)) continue;
    const Key = { pk: item.pk, sk: item.sk };
    await cloud.aws.call(RESTORER, 'dynamodb', 'DeleteItem', { TableName, Key });
  }
  for (const [key, item] of items) {
    if (JSON.stringify(now.items.get(key)) === JSON.stringify(item)) continue;
    await cloud.aws.call(RESTORER, 'dynamodb', 'PutItem', { TableName, Item: item });
  }
  await restoreLimits(scene, limits, now.limits);
  await cloud.aws.call(DEVELOPER, 'sqs', 'PurgeQueue', { QueueUrl: queueUrl(scene) });
  cloud.services.apigateway.refillManagementQuotas();
  cloud.services.ssm.refillQuotas();
}

export const queueUrl = ({ cloud }: Scene): string => `${cloud.endpoint}/123456789012/tidegate-dev-plan-writes`;

/** Writes the limits that differ from the live ones. */
export async function restoreLimits({ cloud, service }: Scene, wanted: Limits, live: Limits): Promise<void> {
  const replace = (path: string, value: number) => ({ op: 'replace', path, value: String(value) });
  const [stage] = Object.values(wanted.stage);
  if (stage && JSON.stringify(wanted.stage) !== JSON.stringify(live.stage)) {
    await cloud.aws.call(RESTORER, 'apigateway', 'UpdateStage', {
      restApiId: service.apiId,
      stageName: service.stageName,
      patchOperations: [
        replace('/*/*/throttling/rateLimit', stage.rateRps),
        replace('/*/*/throttling/burstLimit', stage.burst),
      ],
    });
  }
  for (const [usagePlanId, { throttle }] of Object.entries(wanted.plans)) {
    const isSame = JSON.stringify(live.plans[usagePlanId]?.throttle) === JSON.stringify(throttle);
    if (!throttle || isSame) continue;
    const patchOperations = [
      replace('/throttle/rateLimit', throttle.rateRps),
      replace('/throttle/burstLimit', throttle.burst),
    ];
    await cloud.aws.call(RESTORER, 'apigateway', 'UpdateUsagePlan', { usagePlanId, patchOperations });
  }
}

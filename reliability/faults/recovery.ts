import { DEVELOPER } from '@tidegate/embedded-aws/kernel';
import { inspectGateway } from '../../rehearsal/run/inspection.ts';
import { pendingPlanWrites } from '../../shared/law/allocation/plan-writes.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import type { EpochMs, TierName } from '../../shared/platform/units.ts';
import type { Decision } from '../../shared/state/decisions.ts';
import type { Desired } from '../../shared/state/desired.ts';
import { readDecisions } from './recorded-decisions.ts';
import type { Scene } from './scene.ts';

/** When the loop was itself again; undefined when it was not in time. */
export interface Recovery {
  readonly atMs: EpochMs | undefined;
}

/** Nobody waits longer than this for an answer while limits are as they should be: the objective of the default policy. */
export const HEALTHY_WAIT_MS = 420;

/** Whether the loop sees, decides, and the limits are what it lately desired, and the backend is well. */
export async function isRecovered(scene: Scene, sinceMs: EpochMs): Promise<boolean> {
  if (scene.load.waitMs > HEALTHY_WAIT_MS) return false;
  const decisions = await readDecisions(scene, sinceMs);
  if (!decisions.some(({ verdict }) => verdict !== 'blind')) return false;
  const desired = await readDesired(scene);
  return desired !== undefined && isInForce(scene, desired, decisions);
}

/** What control says the limits should be. */
export async function readDesired({ cloud, service }: Pick<Scene, 'cloud' | 'service'>): Promise<Desired | undefined> {
  const { Item } = await cloud.aws.call<{ Item?: { desired?: { S?: string } } }>(DEVELOPER, 'dynamodb', 'GetItem', {
    TableName: service.stateTable,
    Key: { pk: { S: 'DESIRED' }, sk: { S: `${service.apiId}/${service.stageName}` } },
    ConsistentRead: true,
  });
  return (JSON.parse(Item?.desired?.S ?? 'null') as Desired | null) ?? undefined;
}

/** The stage follows at once; the plans follow one by one, while the law may already want something else of them. */
function isInForce({ cloud, service }: Scene, { stage, rules }: Desired, decisions: readonly Decision[]): boolean {
  const live = inspectGateway(cloud.services.apigateway).limitsInForce(service);
  const isStage = Object.entries(stage).every(([method, limit]) => isSame(live.stage[method], limit));
  return isStage && Object.keys(live.tiers).every((tier) => decisions.some(({ after }) => isWanted(after, tier)));

  function isWanted(after: Limits | undefined, tier: TierName): boolean {
    const limit = after?.tiers[tier];
    return limit !== undefined && pendingPlanWrites({ [tier]: limit }, live.tiers, rules).length === 0;
  }
}

function isSame(live: Limit | undefined, wanted: Limit): boolean {
  return (
    live !== undefined && Math.abs(live.rateRps - wanted.rateRps) < 0.011 && live.burst === Math.floor(wanted.burst)
  );
}

/** Wake-ups that lie about though they could be taken. */
export async function stuckMessages({ cloud }: Scene): Promise<string[]> {
  const { Attributes } = await cloud.aws.call<{ Attributes: Record<string, string> }>(
    DEVELOPER,
    'sqs',
    'GetQueueAttributes',
    {
      QueueUrl: `${cloud.endpoint}/123456789012/tidegate-dev-plan-writes`,
      AttributeNames: ['ApproximateNumberOfMessages'],
    },
  );
  const visible = Number(Attributes.ApproximateNumberOfMessages);
  return visible > 0 ? [`${visible} wake-ups lie in the queue and nobody takes them`] : [];
}

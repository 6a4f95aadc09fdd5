import { removeService } from '../../local/deploy/deploy.ts';
import { asDeveloper, type Deployed, deployed } from '../support/e2e/deployed.ts';

/** Four plans are detached, one in 20 s: at this rate that takes two seconds of the wall's. */
const RATE = 30;
const PLAN_WRITE_MS = 20_000;

let target: Deployed;
beforeAll(async () => {
  target = await deployed({ rate: RATE });
}, 60_000);
afterAll(() => target.cloud.close());

/** Everything that an account may hold of what we deploy: how it is listed, and under which name the list comes. */
const LISTS: readonly (readonly [service: string, operation: string, list: string])[] = [
  ['apigateway', 'GetRestApis', 'items'],
  ['apigateway', 'GetUsagePlans', 'items'],
  ['apigateway', 'GetApiKeys', 'items'],
  ['lambda', 'ListFunctions', 'Functions'],
  ['lambda', 'ListEventSourceMappings', 'EventSourceMappings'],
  ['iam', 'ListRoles', 'Roles'],
  ['logs', 'DescribeLogGroups', 'logGroups'],
  ['dynamodb', 'ListTables', 'TableNames'],
  ['sqs', 'ListQueues', 'QueueUrls'],
  ['sns', 'ListTopics', 'Topics'],
  ['sns', 'ListSubscriptions', 'Subscriptions'],
  ['events', 'ListRules', 'Rules'],
  ['monitoring', 'DescribeAlarms', 'MetricAlarms'],
  ['ssm', 'DescribeParameters', 'Parameters'],
  ['s3', 'ListBuckets', 'Buckets'],
];

/** What there is, by operation; empty lists are left out. */
async function inventory(): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const [service, operation, list] of LISTS) {
    const answer = await asDeveloper<Record<string, unknown[] | undefined>>(target.cloud, service, operation, {});
    const items = answer[list] ?? [];
    if (items.length > 0) found[operation] = items;
  }
  return found;
}

test('what was deployed is gone after a removal under the quota of one plan write in 20 s', async () => {
  const { cloud } = target;
  const before = Object.keys(await inventory());
  // Nobody has subscribed to the topic, which is the operator's to do.
  const listed = LISTS.map(([, operation]) => operation).filter((operation) => operation !== 'ListSubscriptions');
  expect(before).toEqual(listed);
  await removeService({ endpoint: cloud.endpoint });
  // The quota was in force: calls were refused, and the four detachments are as far apart as it asks.
  const { acceptedWrites, rejectedManagementCalls } = cloud.services.apigateway;
  expect(rejectedManagementCalls).toContainEqual(
    expect.objectContaining({ operation: 'UpdateUsagePlan', caller: 'developer' }),
  );
  const detached = acceptedWrites.filter(
    ({ operation, caller }) => operation === 'UpdateUsagePlan' && caller === 'developer',
  );
  expect(detached).toHaveLength(4);
  for (const [index, { atMs }] of detached.slice(1).entries()) {
    expect(atMs - (detached[index]?.atMs ?? 0)).toBeGreaterThanOrEqual(PLAN_WRITE_MS - 1);
  }
  expect(await inventory()).toEqual({});
  const { StackSummaries } = await asDeveloper<{ StackSummaries: { StackStatus: string }[] }>(
    cloud,
    'cloudformation',
    'ListStacks',
    {},
  );
  expect(StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE')).toEqual([]);
}, 60_000);

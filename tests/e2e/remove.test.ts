import { type Cloud, createCloud } from '@tidegate/embedded-aws';
import { SimulationClock } from '@tidegate/embedded-aws/kernel';
import { WORST } from '../../reliability/sealed/watch/environments.ts';
import { deployCommand, NO_MISDEEDS, type Watched, watched } from '../../reliability/sealed/watch/watched.ts';
import { asDeveloper } from '../support/e2e/deployed.ts';

/** Four plans are detached, one in 20 s: at this rate that takes two seconds of the wall's. */
const RATE = 30;
const PLAN_WRITE_MS = 20_000;

let cloud: Cloud;
let deploy: Watched;

/** Runs a program in an environment that does all it can to lead it to a real account. */
const runInWorst = (...command: readonly string[]) =>
  watched(WORST, { command, environment: (hostile) => ({ ...hostile, AWS_ENDPOINT_URL: cloud.endpoint }) });

beforeAll(async () => {
  const failures: unknown[] = [];
  const onError = (error: unknown) => void failures.push(error);
  const clock = new SimulationClock({ rate: RATE, onError });
  cloud = await createCloud({ seed: 1, port: 0, clock, onError });
  deploy = await runInWorst(...deployCommand(cloud.endpoint));
}, 120_000);
afterAll(() => cloud.close());

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
    const answer = await asDeveloper<Record<string, unknown[] | undefined>>(cloud, service, operation, {});
    const items = answer[list] ?? [];
    if (items.length > 0) found[operation] = items;
  }
  return found;
}

test('a deploy under the worst environment stays on the machine, and signs with our keys', () => {
  const { out, ownSignatures, ...ended } = deploy;
  expect({ out, ...ended }).toEqual({ out: '', err: '', code: 0, misdeeds: NO_MISDEEDS });
  expect(ownSignatures).toBeGreaterThan(0);
});

test('what was deployed is gone after a removal under the quota of one plan write in 20 s', async () => {
  const before = Object.keys(await inventory());
  // Nobody has subscribed to the topic, which is the operator's to do.
  const listed = LISTS.map(([, operation]) => operation).filter((operation) => operation !== 'ListSubscriptions');
  expect(before).toEqual(listed);
  const { err, code, misdeeds, ownSignatures } = await runInWorst('rehearsal/remove.ts');
  expect({ err, code, misdeeds }).toEqual({ err: '', code: 0, misdeeds: NO_MISDEEDS });
  expect(ownSignatures).toBeGreaterThan(0);
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
}, 120_000);

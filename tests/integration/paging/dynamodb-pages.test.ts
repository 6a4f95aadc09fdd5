import type { Cloud } from '@tidegate/embedded-aws';
import { DEVELOPER } from '@tidegate/embedded-aws/kernel';
import { startCloud } from '../../../embedded-aws/tests/support/cloud.ts';
import { forgetControl } from '../../../rehearsal/run/forget.ts';
import { decisionsSince } from '../../support/e2e/decisions.ts';

const service = {
  apiId: 'api',
  stageName: 'dev',
  stateTable: 'state',
  parameterPrefix: '/tidegate/dev',
  stageLimit: { rateRps: 1, burst: 1 },
  tiers: {},
};
/** Four items of this size are more than the megabyte that DynamoDB answers at once. */
const LARGE = 'x'.repeat(350_000);
const COUNT = 4;

let cloud: Cloud;
const call = <Output>(operation: string, input: object) =>
  cloud.aws.call<Output>(DEVELOPER, 'dynamodb', operation, { TableName: service.stateTable, ...input });

beforeEach(async () => {
  ({ cloud } = await startCloud());
  await call('CreateTable', {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
});
afterEach(() => cloud.close());

async function putLargeItems(pk: string): Promise<void> {
  for (let atMs = 0; atMs < COUNT; atMs++) {
    const decision = { S: JSON.stringify({ atMs, reason: LARGE }) };
    await call('PutItem', { Item: { pk: { S: pk }, sk: { S: String(atMs) }, decision } });
  }
}

test('decisions of more than one page are all read', async () => {
  await putLargeItems('DECISION#api/dev');
  expect((await decisionsSince({ cloud, service }, 1)).map(({ atMs }) => atMs)).toEqual([1, 2, 3]);
});

test('a rehearsal forgets what control knew on every page', async () => {
  await putLargeItems('API#api/dev');
  await forgetControl(cloud.aws, service);
  await expect(call('Scan', {})).resolves.toMatchObject({ Count: 0 });
});

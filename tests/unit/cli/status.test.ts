import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { runCommand } from '../../../cli/command.ts';
import { serviceNow } from '../../../cli/service-clock.ts';
import { startCloud } from '../../../embedded-aws/tests/support/cloud.ts';

const POLICY = '/tidegate/dev/policies/default';
const API = 'abc123def4/dev';
/** The services' time, half an hour behind the wall clock as during an incident of `npm start`. */
const SERVICE_NOW = Date.UTC(2031, 0, 1);
const WALL_NOW = SERVICE_NOW + 1_800_000;

const ssm = mockClient(SSMClient);
const dynamoDb = mockClient(DynamoDBClient);
let isGoverned: boolean;

beforeEach(() => {
  isGoverned = true;
  ssm.reset();
  ssm.on(GetParameterCommand).rejects(Object.assign(new Error('no'), { name: 'ParameterNotFound' }));
  ssm.on(GetParametersByPathCommand).resolves({ Parameters: [{ Name: POLICY, Value: `{"api":"${API}"}` }] });
  dynamoDb.reset();
  dynamoDb.on(QueryCommand).callsFake(({ ExpressionAttributeValues: values }) => {
    if (values[':pk'].S === 'GOVERNED') return { Items: isGoverned ? [{ governed: { S: GOVERNED } }] : [] };
    const isRecent = values[':from'].S <= String(SERVICE_NOW - 30_000).padStart(15, '0');
    return { Items: isRecent ? [{ decision: { S: JSON.stringify(DECISION) } }] : [] };
  });
});
afterAll(() => {
  ssm.restore();
  dynamoDb.restore();
});

const LIMIT = { rateRps: 2000, burst: 60 };
const GOVERNED = JSON.stringify({
  name: POLICY,
  governs: { api: API, version: 1, baseline: { stage: LIMIT, tiers: {} }, floor: LIMIT },
  refusals: [],
});
const DECISION = {
  ...{ kind: 'hold', rule: 'healthy', reason: 'All is well.', wouldChange: 'A surge.', api: API, mode: 'enforce' },
  ...{ atMs: SERVICE_NOW - 30_000, before: { stage: { '*/*': LIMIT }, tiers: {} }, stageOutcome: 'unchanged' },
};

async function typed(line: string) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommand(line.split(' '), {
    ssm: (region) => new SSMClient({ region }),
    dynamoDb: (region) => new DynamoDBClient({ region }),
    serviceNow: async () => SERVICE_NOW,
    now: () => WALL_NOW,
    sleep: async () => undefined,
    environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' },
    say: (text) => void out.push(text),
    complain: (text) => void err.push(text),
  });
  return { code, out, err: err.join('\n') };
}

test('during an incident status finds the newest decision by the time of the services', async () => {
  const { code, out } = await typed('status');
  expect(code).toBe(0);
  expect(out).toContain('Stage     */* 2000/60');
  expect(out).toContain('Decision  hold (healthy), 30 s ago, mode enforce, stage unchanged');
});

test('before control ran for the first time, status says so', async () => {
  isGoverned = false;
  expect((await typed('status')).out).toContain(
    'Decision  none: control has not run since this policy name was created; it runs every minute',
  );
});

test.each(['status', 'kill', 'pause', 'pin stage=5/5 --for 5m', 'resume'])(
  '%s names the deployment that is missing, and stores nothing',
  async (line) => {
    dynamoDb.on(QueryCommand).rejects(Object.assign(new Error('no'), { name: 'ResourceNotFoundException' }));
    expect(await typed(`${line} --stage prod --region eu-west-1`)).toEqual({
      code: 1,
      out: [],
      err: 'Stage "prod" is not deployed at http://127.0.0.1:4566, eu-west-1: the table tidegate-prod-state is missing. Fix: --stage or --region.',
    });
    expect(ssm.commandCalls(PutParameterCommand)).toEqual([]);
  },
);

describe('the time of the services', () => {
  test('is that of the embedded AWS, virtual or not', async () => {
    const { cloud } = await startCloud();
    await cloud.clock.goVirtual(0, SERVICE_NOW);
    expect(await serviceNow({ AWS_ENDPOINT_URL: cloud.endpoint })).toBe(SERVICE_NOW);
    await cloud.close();
  });

  test('is the wall clock where no endpoint is set, or none answers', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    for (const environment of [{}, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` }]) {
      const before = Date.now();
      expect(await serviceNow(environment)).toBeGreaterThanOrEqual(before);
    }
  });
});

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { strToU8, zipSync } from 'fflate';
import type { Cloud } from '../../../cloud.ts';
import { DEVELOPER } from '../../../kernel/aws.ts';
import { AwsError } from '../../../kernel/aws-error.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';
import { type SimpleCall, send, simpleCalls } from '../../support/wire/page.ts';

let cloud: Cloud;
let port: string;

beforeAll(async () => {
  ({ cloud } = await startCloud());
  port = new URL(cloud.endpoint).port;
});
afterAll(() => cloud.close());
afterEach(() => cloud.aws.setInterceptor(undefined));

/** The content types that a page may send without a preflight. */
const SIMPLE_TYPES = [
  'text/plain;charset=UTF-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
];

/** What a browser adds to a page's request; `Host` is the door's own unless the page's name points to 127.0.0.1. */
const PAGES: readonly [string, () => Record<string, string>][] = [
  ['of another site', () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })],
  ['of another site, in a browser without Sec-Fetch-Site', () => ({ origin: 'https://evil.example' })],
  ['of another site that only follows a link or loads an image', () => ({ 'sec-fetch-site': 'cross-site' })],
  ['in a sandboxed frame', () => ({ origin: 'null', 'sec-fetch-site': 'cross-site' })],
  ['of another port of this machine', () => ({ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' })],
  ['of another port that sends no Origin', () => ({ 'sec-fetch-site': 'same-site' })],
  ['whose name points to 127.0.0.1', () => ({ host: `evil.example:${port}`, 'sec-fetch-site': 'same-origin' })],
  [
    'whose name points to 127.0.0.1, naming itself as origin',
    () => ({ host: `evil.example:${port}`, origin: `http://evil.example:${port}` }),
  ],
];

/** Records which service is reached, and has nothing carried out. */
function recordCalls(): string[] {
  const reached: string[] = [];
  cloud.aws.setInterceptor((service) => {
    reached.push(service);
    throw new AwsError('Reached', 'This call got through.');
  });
  return reached;
}

/** Each simple call in one of the forms that need no preflight, the forms in turn. */
async function pageRequests(): Promise<(SimpleCall & { headers: Record<string, string> })[]> {
  const calls = await simpleCalls(cloud.aws);
  return calls.map((call, index) => {
    const type = SIMPLE_TYPES[index % (SIMPLE_TYPES.length + 1)];
    if (call.method === 'POST' && type) return { ...call, headers: { 'content-type': type }, body: '' };
    // A form's action may stand in the query of a GET as well.
    return { ...call, method: call.path.startsWith('/?Action=') ? 'GET' : call.method, headers: {} };
  });
}

test('by itself, each of these requests reaches its service', async () => {
  const services = new Set<string>();
  for (const { service, ...request } of await pageRequests()) {
    const reached = recordCalls();
    await send(cloud.endpoint, request);
    expect([request, reached]).toEqual([request, [service]]);
    services.add(service);
  }
  expect([...services]).toEqual([...cloud.aws.installed.keys()]);
});

test.each(PAGES)('no service carries out what a page sends without preflight: a page %s', async (_, headersOf) => {
  const reached = recordCalls();
  for (const request of await pageRequests()) {
    const answer = await send(cloud.endpoint, { ...request, headers: { ...request.headers, ...headersOf() } });
    expect([request, answer.status]).toEqual([request, 403]);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
  expect(reached).toEqual([]);
});

describe('a page that wants to run a command with the rights of whoever develops', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'page-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Creates a function that touches `marker`, and invokes it; the credential stands in the query. */
  async function attack(marker: string, headers: Record<string, string>): Promise<(number | undefined)[]> {
    const Role = 'arn:aws:iam::123456789012:role/evil';
    const source = `exports.handler = async () => require('child_process').execSync('touch ${marker}')`;
    const ZipFile = Buffer.from(zipSync({ 'index.js': strToU8(source) })).toString('base64');
    const code = { Handler: 'index.handler', Runtime: 'nodejs24.x', Code: { ZipFile } };
    const credential = 'X-Amz-Credential=me/20310101/us-east-1/lambda/aws4_request';
    const create = {
      path: `/2015-03-31/functions?${credential}`,
      body: JSON.stringify({ FunctionName: 'evil', Role, ...code }),
    };
    const invoke = { path: `/2015-03-31/functions/evil/invocations?${credential}`, body: '{}' };
    const statuses: (number | undefined)[] = [];
    for (const each of [create, invoke]) {
      const request = { method: 'POST', headers: { 'content-type': 'text/plain', ...headers }, ...each };
      statuses.push((await send(cloud.endpoint, request)).status);
    }
    return statuses;
  }

  test('creates no function and runs nothing', async () => {
    const iam = new IAMClient(clientOptions(cloud));
    const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
    await iam.send(new CreateRoleCommand({ RoleName: 'evil', AssumeRolePolicyDocument }));
    iam.destroy();
    const marker = join(folder, 'ran');
    const page = { host: 'evil.example', origin: 'https://evil.example' };
    expect(await attack(marker, page)).toEqual([403, 403]);
    expect(await cloud.aws.call(DEVELOPER, 'lambda', 'ListFunctions', {})).toMatchObject({ Functions: [] });
    expect(existsSync(marker)).toBe(false);
    // The same requests of somebody who is no page: what was refused above would have worked.
    expect(await attack(marker, {})).toEqual([201, 200]);
    expect(existsSync(marker)).toBe(true);
  });
});

test.each(['127.0.0.1', 'localhost'])('the SDK is served at %s', async (host) => {
  const options = { ...clientOptions(cloud), endpoint: `http://${host}:${port}` };
  const ssm = new SSMClient(options);
  await ssm.send(new PutParameterCommand({ Name: `/${host}`, Value: 'here', Type: 'String' }));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `/${host}` }));
  expect(Parameter?.Value).toBe('here');
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: `bucket-of-${host}` }));
  expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toContain(`bucket-of-${host}`);
  for (const client of [ssm, s3]) client.destroy();
});

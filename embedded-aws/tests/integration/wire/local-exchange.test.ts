import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';
import { START_MS } from '../../support/observe/virtual-aws.ts';

const ASSUME = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
const GRANT = { Effect: 'Allow', Action: 'ssm:*', Resource: '*' };

/** Sends what it is given through Node's own module, and says what came back. */
const SOURCE = `
const http = require('node:http');
exports.handler = ({ path = '/', method = 'POST', target, body, chunks = [body] }) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(process.env.AWS_ENDPOINT_URL);
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID +
    '/20310101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=none';
  const headers = { 'Content-Type': 'application/x-amz-json-1.1', Authorization: authorization };
  if (target) headers['X-Amz-Target'] = target;
  const request = http.request({ host: hostname, port, path, method, headers }, async (response) => {
    let text = '';
    for await (const chunk of response) text += chunk;
    resolve({ status: response.statusCode, type: response.headers['content-type'], text, hasSocket: !!request.socket });
  });
  request.on('error', reject);
  for (const chunk of chunks) if (chunk !== undefined) request.write(chunk);
  request.end();
});`;

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
  readonly hasSocket: boolean;
}

let cloud: Cloud;
let lambda: LambdaClient;

beforeEach(async () => {
  ({ cloud } = await startCloud());
  lambda = new LambdaClient(clientOptions(cloud));
  const iam = new IAMClient(clientOptions(cloud));
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const role = { RoleName: 'caller', AssumeRolePolicyDocument: document(ASSUME) };
  const { Role } = await iam.send(new CreateRoleCommand(role));
  await iam.send(new PutRolePolicyCommand({ RoleName: 'caller', PolicyName: 'p', PolicyDocument: document(GRANT) }));
  iam.destroy();
  const ZipFile = zipSync({ 'index.js': strToU8(SOURCE) });
  const code = { Handler: 'index.handler', Runtime: 'nodejs24.x', Code: { ZipFile } } as const;
  await lambda.send(new CreateFunctionCommand({ FunctionName: 'caller', Role: Role?.Arn, ...code }));
});
afterEach(async () => {
  lambda.destroy();
  await cloud.close();
});

async function send(request: object): Promise<Answer> {
  const Payload = strToU8(JSON.stringify(request));
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'caller', Payload }));
  return JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as Answer;
}

const PUT = {
  target: 'AmazonSSM.PutParameter',
  chunks: ['{"Name":"/p","Type":"String",', '"Value":"grüße"}'],
};
const GET = { target: 'AmazonSSM.GetParameter', body: '{"Name":"/p"}' };
const MISSING = { target: 'AmazonSSM.GetParameter', body: '{"Name":"/absent"}' };

test('with a socket or without, the cloud gives a function the same answers', async () => {
  const live = [await send(PUT), await send(GET), await send(MISSING)];
  await send({ target: 'AmazonSSM.DeleteParameter', body: '{"Name":"/p"}' });
  await cloud.clock.goVirtual(0, START_MS);
  const virtual = [await send(PUT), await send(GET), await send(MISSING)];
  expect(live.map(({ hasSocket }) => hasSocket)).toEqual([true, true, true]);
  expect(virtual.map(({ hasSocket }) => hasSocket)).toEqual([false, false, false]);
  const comparable = ({ status, type, text }: Answer) => [status, type, text.replace(/"LastModifiedDate":[^,}]+/, '')];
  expect(virtual.map(comparable)).toEqual(live.map(comparable));
  expect(virtual.map(({ status }) => status)).toEqual([200, 200, 400]);
  expect(virtual[1]?.text).toContain('"Value":"grüße"');
});

test('a deployed API is reached through the network, also in virtual time', async () => {
  await cloud.clock.goVirtual(0, START_MS);
  const answer = await send({ path: '/restapis/absent/dev/_user_request_/data', method: 'GET' });
  expect(answer).toMatchObject({ status: 403, hasSocket: true });
});

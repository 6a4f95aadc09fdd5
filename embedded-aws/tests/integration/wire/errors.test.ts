import {
  APIGatewayClient,
  GetStageCommand,
  NotFoundException,
  TooManyRequestsException,
} from '@aws-sdk/client-api-gateway';
import { CloudWatchClient, ResourceNotFound, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { GetRoleCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { QueueDoesNotExist, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import { AwsError } from '../../../kernel/aws-error.ts';
import { loopback, wireTo } from '../../support/wire/loopback.ts';

/** Client options for a wire whose service answers every call with this error. */
const failing = (service: string, error: Error) => ({
  endpoint: 'http://127.0.0.1',
  region: 'us-east-1',
  maxAttempts: 1,
  credentials: { accessKeyId: 'developer', secretAccessKey: 'secret' },
  requestHandler: loopback(
    wireTo(service, () => {
      throw error;
    }),
  ),
});
const alarm = new SetAlarmStateCommand({ AlarmName: 'a', StateValue: 'OK', StateReason: '' });
const CLOUDWATCH = { defaultNamespace: 'com.amazonaws.cloudwatch', xmlNamespace: '', version: '2010-08-01' };

test('AWS JSON: the class and status of the schema, with an empty message where AWS has one', async () => {
  const call = new SSMClient(failing('ssm', new AwsError('ParameterNotFound', ''))).send(
    new GetParameterCommand({ Name: 'x' }),
  );
  await expect(call).rejects.toBeInstanceOf(ParameterNotFound);
  await expect(call).rejects.toMatchObject({ name: 'ParameterNotFound', $metadata: { httpStatusCode: 400 } });
});

test('REST JSON: members bound to headers arrive', async () => {
  const error = new AwsError('TooManyRequestsException', 'Too Many Requests', { members: { retryAfterSeconds: '20' } });
  const call = new APIGatewayClient(failing('apigateway', error)).send(
    new GetStageCommand({ restApiId: 'a', stageName: 'dev' }),
  );
  await expect(call).rejects.toBeInstanceOf(TooManyRequestsException);
  await expect(call).rejects.toMatchObject({
    message: 'Too Many Requests',
    retryAfterSeconds: '20',
    $metadata: { httpStatusCode: 429 },
  });
});

test("REST JSON: API Gateway's body has its message in lower case, Lambda's in upper", async () => {
  const text = async (service: string, code: string, path: string) => {
    const wire = wireTo(service, () => {
      throw new AwsError(code, 'gone');
    });
    const authorization = `AWS4-HMAC-SHA256 Credential=d/20310101/us-east-1/${service}/aws4_request`;
    const query = new URLSearchParams();
    const answer = await wire.handle({ verb: 'GET', path, query, headers: { authorization }, body: new Uint8Array() });
    return [answer.status, answer.headers['x-amzn-errortype'], Buffer.from(answer.body).toString()];
  };
  expect(await text('apigateway', 'NotFoundException', '/restapis/a')).toEqual([
    404,
    'NotFoundException',
    '{"message":"gone"}',
  ]);
  expect(await text('lambda', 'ResourceNotFoundException', '/2015-03-31/functions/f')).toEqual([
    404,
    'ResourceNotFoundException',
    '{"Message":"gone"}',
  ]);
});

test('REST JSON: modelled errors arrive as their class', async () => {
  const gateway = new APIGatewayClient(failing('apigateway', new AwsError('NotFoundException', 'Invalid stage')));
  const stage = gateway.send(new GetStageCommand({ restApiId: 'a', stageName: 'dev' }));
  await expect(stage).rejects.toBeInstanceOf(NotFoundException);
  const lambda = new LambdaClient(failing('lambda', new AwsError('ResourceNotFoundException', 'Function not found')));
  const invocation = lambda.send(new InvokeCommand({ FunctionName: 'f' }));
  await expect(invocation).rejects.toBeInstanceOf(ResourceNotFoundException);
  await expect(invocation).rejects.toMatchObject({ message: 'Function not found' });
});

test('query: modelled errors arrive as their class, under the code of the query protocol', async () => {
  const iam = new IAMClient(failing('iam', new AwsError('NoSuchEntityException', 'The role <x> & more')));
  const call = iam.send(new GetRoleCommand({ RoleName: 'x' }));
  await expect(call).rejects.toBeInstanceOf(NoSuchEntityException);
  await expect(call).rejects.toMatchObject({
    message: 'The role <x> & more',
    Error: { Type: 'Sender', Code: 'NoSuchEntity' },
    $metadata: { httpStatusCode: 404 },
  });
});

test.each([
  ['JSON', {}],
  ['CBOR', { protocol: new AwsSmithyRpcV2CborProtocol(CLOUDWATCH) }],
  ['query', { protocol: new AwsQueryProtocol(CLOUDWATCH) }],
])('CloudWatch by %s: the same error, and the code that older clients know', async (_style, protocol) => {
  const client = new CloudWatchClient({ ...failing('monitoring', new AwsError('ResourceNotFound', '')), ...protocol });
  const call = client.send(alarm);
  await expect(call).rejects.toBeInstanceOf(ResourceNotFound);
  await expect(call).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
});

test('SQS: the error of the schema carries the code of the query protocol beside it', async () => {
  const error = new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  const call = new SQSClient(failing('sqs', error)).send(
    new SendMessageCommand({ QueueUrl: 'http://127.0.0.1/123456789012/q', MessageBody: 'x' }),
  );
  await expect(call).rejects.toBeInstanceOf(QueueDoesNotExist);
  await expect(call).rejects.toMatchObject({ Code: 'AWS.SimpleQueueService.NonExistentQueue' });
});

test('a fault of the embedded AWS is a server error, never a success', async () => {
  const call = new SSMClient(failing('ssm', new TypeError('x is undefined'))).send(
    new GetParameterCommand({ Name: 'x' }),
  );
  await expect(call).rejects.toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
});

import { HANDLER, packageOf } from '../../support/compute/bundle.ts';
import { type ComputeCloud, createComputeCloud, ROLE_ARN } from '../../support/compute/compute-cloud.ts';
import { deploy, invoke } from '../../support/compute/functions.ts';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:echo';
const ECHO = 'export const handler = async (event) => event;';

let cloud: ComputeCloud;
beforeEach(async () => {
  cloud = await createComputeCloud();
  await deploy(cloud, 'echo', ECHO, { Tags: { STAGE: 'dev' } });
});
afterEach(() => cloud.close());

const call = (operation: string, input: object = {}) =>
  cloud.call('lambda', operation, { FunctionName: 'echo', ...input });

test('a function is described as AWS does', async () => {
  expect(await call('GetFunction')).toMatchObject({
    Configuration: {
      FunctionName: 'echo',
      FunctionArn: ARN,
      Role: ROLE_ARN,
      Handler: HANDLER,
      Runtime: 'nodejs24.x',
      Timeout: 3,
      MemorySize: 128,
      State: 'Active',
      LastUpdateStatus: 'Successful',
      LastModified: '2031-01-01T00:00:00.000+0000',
      CodeSha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      Version: '$LATEST',
    },
    Tags: { STAGE: 'dev' },
  });
});

test('the name is taken once', async () => {
  const input = { Role: ROLE_ARN, Handler: HANDLER, Code: { ZipFile: packageOf(ECHO) } };
  await expect(call('CreateFunction', input)).rejects.toMatchObject({ name: 'ResourceConflictException', status: 409 });
});

test.each([
  ['no code', { Code: {} }, 'InvalidParameterValueException'],
  ['what is not a zip file', { Code: { ZipFile: Buffer.from('text') } }, 'InvalidParameterValueException'],
  ['code that S3 does not have', { Code: { S3Bucket: 'b', S3Key: 'k' } }, 'InvalidParameterValueException'],
  ['a role that is none', { Role: 'admin' }, 'ValidationException'],
  ['too long a timeout', { Timeout: 901 }, 'ValidationException'],
  [
    'an environment over 4 KB',
    { Environment: { Variables: { A: 'x'.repeat(5000) } } },
    'InvalidParameterValueException',
  ],
])('refuses %s', async (_title, change, name) => {
  const input = {
    FunctionName: 'other',
    Role: ROLE_ARN,
    Handler: HANDLER,
    Runtime: 'nodejs24.x',
    Code: { ZipFile: packageOf(ECHO) },
  };
  await expect(cloud.call('lambda', 'CreateFunction', { ...input, ...change })).rejects.toMatchObject({ name });
});

test('new code and configuration take effect, published versions keep theirs', async () => {
  expect(await call('PublishVersion')).toMatchObject({ Version: '1', FunctionArn: `${ARN}:1` });
  expect(await call('PublishVersion')).toMatchObject({ Version: '1' });
  await call('UpdateFunctionCode', { ZipFile: packageOf('export const handler = async () => "new";') });
  expect((await invoke(cloud, 'echo', 1)).payload).toBe('new');
  expect((await invoke(cloud, `${ARN}:1`, 1)).payload).toBe(1);
  await call('UpdateFunctionConfiguration', { Timeout: 9 });
  expect(await call('GetFunctionConfiguration')).toMatchObject({ Timeout: 9, Handler: HANDLER });
  const { Versions } = (await call('ListVersionsByFunction')) as { Versions: { Version: string }[] };
  expect(Versions.map(({ Version }) => Version)).toEqual(['$LATEST', '1']);
});

test('permissions become the resource policy', async () => {
  const permission = {
    StatementId: 'events',
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
    SourceArn: 'arn:aws:events:us-east-1:123456789012:rule/tick',
    SourceAccount: '123456789012',
  };
  await call('AddPermission', permission);
  const Statement = {
    Sid: 'events',
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: ARN,
    Condition: {
      ArnLike: { 'AWS:SourceArn': permission.SourceArn },
      StringEquals: { 'AWS:SourceAccount': '123456789012' },
    },
  };
  expect(cloud.lambda.resourcePolicy('Invoke', { FunctionName: ARN })?.Statement).toEqual([Statement]);
  await expect(call('AddPermission', permission)).rejects.toMatchObject({ name: 'ResourceConflictException' });
  await call('RemovePermission', { StatementId: 'events' });
  await expect(call('GetPolicy')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('invoking needs lambda:InvokeFunction on the function', () => {
  expect(cloud.lambda.permission('Invoke', { FunctionName: 'echo' })).toEqual({
    action: 'lambda:InvokeFunction',
    resources: [ARN],
  });
});

test('event invoke configurations are put, merged, read and deleted', async () => {
  await call('PutFunctionEventInvokeConfig', { MaximumRetryAttempts: 0 });
  await call('UpdateFunctionEventInvokeConfig', { MaximumEventAgeInSeconds: 60 });
  const config = { FunctionArn: `${ARN}:$LATEST`, MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
  expect(await call('GetFunctionEventInvokeConfig')).toMatchObject(config);
  await expect(call('PutFunctionEventInvokeConfig', { MaximumRetryAttempts: 3 })).rejects.toThrow();
  await call('DeleteFunctionEventInvokeConfig');
  await expect(call('GetFunctionEventInvokeConfig')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a deleted function is gone', async () => {
  await call('DeleteFunction');
  await expect(call('GetFunction')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: `Function not found: ${ARN}`,
  });
});

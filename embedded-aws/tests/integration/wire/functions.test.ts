import { DescribeRepositoriesCommand, ECRClient, RepositoryNotFoundException } from '@aws-sdk/client-ecr';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { strToU8, zipSync } from 'fflate';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';

const RoleName = 'reader';
const Role = `arn:aws:iam::123456789012:role/${RoleName}`;
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
};
const parameter = 'arn:aws:ssm:us-east-1:123456789012:parameter/tidegate/dev/*';
const grant = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: parameter }],
};

let cloud: Cloud;
beforeAll(async () => {
  ({ cloud } = await startCloud());
  const iam = new IAMClient(clientOptions(cloud));
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  const PolicyDocument = JSON.stringify(grant);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'read', PolicyDocument }));
  const ZipFile = zipSync({ 'handler.js': strToU8('exports.handler = async () => 1;') });
  const code = { Handler: 'handler.handler', Runtime: 'nodejs24.x', Code: { ZipFile } } as const;
  await new LambdaClient(clientOptions(cloud)).send(
    new CreateFunctionCommand({ FunctionName: 'reader', Role, ...code }),
  );
  for (const Name of ['/tidegate/dev/switch', '/other']) {
    const put = new PutParameterCommand({ Name, Value: 'run', Type: 'String' });
    await new SSMClient(clientOptions(cloud)).send(put);
  }
});
afterAll(() => cloud.close());

test('a function calls as its role', async () => {
  const { Arn } = await new STSClient(clientOptions(cloud)).send(new GetCallerIdentityCommand({}));
  expect(Arn).toBe('arn:aws:iam::123456789012:user/developer');
  const denied = new STSClient(clientOptions(cloud, 'reader')).send(new GetCallerIdentityCommand({}));
  await expect(denied).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
});

test('a function may do what its role allows, and nothing else', async () => {
  const ssm = new SSMClient(clientOptions(cloud, 'reader'));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/tidegate/dev/switch' }));
  expect(Parameter?.Value).toBe('run');
  await expect(ssm.send(new GetParameterCommand({ Name: '/other' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message:
      'User: arn:aws:sts::123456789012:assumed-role/reader/reader is not authorized to perform: ssm:GetParameter on ' +
      'resource: arn:aws:ssm:us-east-1:123456789012:parameter/other because no identity-based policy allows the ' +
      'ssm:GetParameter action',
  });
});

test('a container registry is there and empty', async () => {
  const ecr = new ECRClient(clientOptions(cloud));
  const named = ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['serverless-tidegate-dev'] }));
  await expect(named).rejects.toBeInstanceOf(RepositoryNotFoundException);
  expect((await ecr.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([]);
});

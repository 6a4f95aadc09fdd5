import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteConflictException,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  EntityAlreadyExistsException,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const GRANT = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'ssm:*', Resource: '*' } });
const BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
const RoleName = 'tidegate-dev-control';
const RoleArn = `arn:aws:iam::123456789012:role/${RoleName}`;

let cloud: Cloud;
let iam: IAMClient;

beforeEach(async () => {
  ({ cloud } = await startCloud());
  iam = new IAMClient(clientOptions(cloud));
  await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, Tags: [{ Key: 'a', Value: '1' }] }),
  );
});
afterEach(async () => {
  iam.destroy();
  await cloud.close();
});

test('a role is described with its trust, encoded as IAM does', async () => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  expect(Role).toMatchObject({ RoleName, Arn: RoleArn, Path: '/', MaxSessionDuration: 3600 });
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(TRUST);
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: GRANT }));
  await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'b', Value: '2' }] }));
  const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName }));
  expect(Tags).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ]);
});

test('what is there already, or not there, is refused by class', async () => {
  const again = iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  await expect(again).rejects.toBeInstanceOf(EntityAlreadyExistsException);
  const unknown = iam.send(new GetRoleCommand({ RoleName: 'nobody' }));
  await expect(unknown).rejects.toMatchObject({ message: 'The role with name nobody cannot be found.' });
  await expect(unknown).rejects.toBeInstanceOf(NoSuchEntityException);
  const policy = iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'none' }));
  await expect(policy).rejects.toBeInstanceOf(NoSuchEntityException);
  const malformed = iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: '{' }));
  await expect(malformed).rejects.toBeInstanceOf(MalformedPolicyDocumentException);
});

test('inline and attached policies count for the role, until they are taken away', async () => {
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument: GRANT }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: BASIC }));
  const inline = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  expect(inline.PolicyNames).toEqual(['inline']);
  expect(attached.AttachedPolicies).toEqual([{ PolicyArn: BASIC, PolicyName: 'AWSLambdaBasicExecutionRole' }]);
  const actions = cloud.services.iam
    .policiesOf(RoleArn)
    .flatMap(({ Statement }) => Statement.map(({ Action }) => Action));
  expect(actions).toEqual(['ssm:*', ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']]);

  const early = iam.send(new DeleteRoleCommand({ RoleName }));
  await expect(early).rejects.toBeInstanceOf(DeleteConflictException);
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'inline' }));
  await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: BASIC }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
  expect(cloud.services.iam.policiesOf(RoleArn)).toEqual([]);
});

test('managed policies of the account can be attached, and not deleted while they are', async () => {
  const created = await iam.send(new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: GRANT }));
  const PolicyArn = created.Policy?.Arn ?? '';
  expect(PolicyArn).toBe('arn:aws:iam::123456789012:policy/own');
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy).toMatchObject({ AttachmentCount: 1 });
  const version = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
  expect(decodeURIComponent(version.PolicyVersion?.Document ?? '')).toContain('ssm:*');
  await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toBeInstanceOf(DeleteConflictException);
  await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  await iam.send(new DeletePolicyCommand({ PolicyArn }));
  await expect(iam.send(new GetPolicyCommand({ PolicyArn }))).rejects.toBeInstanceOf(NoSuchEntityException);
});

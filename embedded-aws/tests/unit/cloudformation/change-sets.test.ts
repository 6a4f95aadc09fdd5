import type { DescribeChangeSetOutput } from '@aws-sdk/client-cloudformation';
import type { JsonObject } from '../../../cloudformation/template/json.ts';
import { bodyOf, FakeCloud, thing } from '../../support/cloudformation/fake-types.ts';

let cloud: FakeCloud;
beforeEach(async () => {
  cloud = await FakeCloud.start();
});

const name = { StackName: 'stack', ChangeSetName: 'set' };

const propose = (ChangeSetType: string, resources: JsonObject) =>
  cloud.call<{ Id: string }>('CreateChangeSet', { ...name, ChangeSetType, TemplateBody: bodyOf(resources) });
const describeSet = () => cloud.call<DescribeChangeSetOutput>('DescribeChangeSet', name);

async function execute(): Promise<void> {
  await cloud.call('ExecuteChangeSet', name);
  await cloud.settle();
}

test('a first deploy as the framework does it', async () => {
  await propose('CREATE', { A: thing() });
  expect(await cloud.statusOf('stack')).toBe('REVIEW_IN_PROGRESS');
  expect(await describeSet()).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  await cloud.call('ExecuteChangeSet', name);
  expect(await cloud.statusOf('stack')).toBe('CREATE_IN_PROGRESS');
  await cloud.settle();
  expect(await cloud.statusOf('stack')).toBe('CREATE_COMPLETE');
  expect((await describeSet()).ExecutionStatus).toBe('EXECUTE_COMPLETE');
});

test('a second deploy: the old set goes, a new one says what would change', async () => {
  await cloud.create({ A: thing({ X: 1 }), B: thing({ Fixed: 1 }), C: thing({ Of: { Ref: 'B' } }), D: thing() });
  await cloud.call('DeleteChangeSet', name);
  await propose('UPDATE', { A: thing({ X: 2 }), B: thing({ Fixed: 2 }), C: thing({ Of: { Ref: 'B' } }), E: thing() });
  const { Changes = [] } = await describeSet();
  const summary = Changes.map(({ ResourceChange: change }) => [
    ...[change?.Action, change?.LogicalResourceId, change?.Replacement, change?.PolicyAction],
  ]);
  expect(summary).toEqual([
    ['Add', 'E', undefined, undefined],
    ['Modify', 'B', 'True', 'ReplaceAndDelete'],
    ['Modify', 'C', 'False', undefined],
    ['Modify', 'A', 'False', undefined],
    ['Remove', 'D', undefined, 'Delete'],
  ]);
  expect(cloud.things.actions).toHaveLength(4);
  await execute();
  expect(await cloud.statusOf('stack')).toBe('UPDATE_COMPLETE');
});

test('without changes it fails in the recorded words and cannot be executed', async () => {
  await cloud.create({ A: thing() });
  const { Id } = await propose('UPDATE', { A: thing() });
  expect(await describeSet()).toMatchObject({
    Status: 'FAILED',
    ExecutionStatus: 'UNAVAILABLE',
    Changes: [],
    StatusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
  });
  await expect(cloud.call('ExecuteChangeSet', name)).rejects.toMatchObject({
    code: 'InvalidChangeSetStatus',
    message: `ChangeSet [${Id}] cannot be executed in its current status of [FAILED]`,
  });
});

test('a stack created past its change set makes that set obsolete', async () => {
  await propose('CREATE', { A: thing() });
  await cloud.create({ A: thing() });
  expect((await describeSet()).ExecutionStatus).toBe('OBSOLETE');
});

test('recorded texts for what is not there, or is already', async () => {
  await expect(describeSet()).rejects.toThrow('Stack [stack] does not exist');
  await cloud.create({ A: thing() });
  await expect(describeSet()).rejects.toMatchObject({
    code: 'ChangeSetNotFound',
    status: 404,
    message: 'ChangeSet [set] does not exist',
  });
  await expect(propose('CREATE', { A: thing() })).rejects.toThrow(
    'Stack [stack] already exists and cannot be created again with the changeSet [set].',
  );
  await expect(cloud.create({ A: thing() })).rejects.toMatchObject({
    code: 'AlreadyExistsException',
    message: 'Stack [stack] already exists',
  });
  await expect(cloud.call('DescribeStackResource', { StackName: 'stack', LogicalResourceId: 'X' })).rejects.toThrow(
    'Resource X does not exist for stack stack',
  );
  await expect(cloud.call('DescribeStackResource', { StackName: 'nope', LogicalResourceId: 'X' })).rejects.toThrow(
    "Stack 'nope' does not exist",
  );
});

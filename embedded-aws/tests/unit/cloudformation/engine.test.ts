import { bodyOf, FakeCloud, thing } from '../../support/cloudformation/fake-types.ts';

interface EventView {
  LogicalResourceId: string;
  ResourceStatus: string;
  PhysicalResourceId: string;
  ResourceStatusReason?: string;
}

let cloud: FakeCloud;
beforeEach(async () => {
  cloud = await FakeCloud.start();
});

async function eventsOf(logicalId: string): Promise<EventView[]> {
  const { StackEvents } = await cloud.call<{ StackEvents: EventView[] }>('DescribeStackEvents', { StackName: 'stack' });
  return StackEvents.filter((event) => event.LogicalResourceId === logicalId).reverse();
}

const statuses = (events: EventView[]) => events.map(({ ResourceStatus }) => ResourceStatus);

describe('creation', () => {
  test('goes in the least convenient order that the declared edges allow', async () => {
    await cloud.create({ A: thing(), B: thing(), C: thing({}, { DependsOn: 'A' }), D: thing({ Of: { Ref: 'B' } }) });
    expect(cloud.things.actions).toEqual(['create B', 'create D', 'create A', 'create C']);
    expect(await cloud.statusOf('stack')).toBe('CREATE_COMPLETE');
  });

  test('is under way when CreateStack answers', async () => {
    await cloud.call('CreateStack', { StackName: 'stack', TemplateBody: bodyOf({ A: thing() }) });
    expect(await cloud.statusOf('stack')).toBe('CREATE_IN_PROGRESS');
    expect(cloud.things.actions).toEqual([]);
  });

  test('tells each resource in three events, newest first by API', async () => {
    await cloud.create({ A: thing({ X: 1 }) });
    const events = await eventsOf('A');
    expect(events.map((event) => [event.ResourceStatus, event.PhysicalResourceId, event.ResourceStatusReason])).toEqual(
      [
        ['CREATE_IN_PROGRESS', '', undefined],
        ['CREATE_IN_PROGRESS', 'A-1', 'Resource creation Initiated'],
        ['CREATE_COMPLETE', 'A-1', undefined],
      ],
    );
    expect(events[2]).toMatchObject({ ResourceProperties: '{"X":1}' });
  });

  test('hands references on, resolved', async () => {
    const text = { 'Fn::Sub': `\${A} \${A.Arn} \${AWS::Region} \${!A}` };
    await cloud.create({ A: thing(), B: thing({ Text: text }) });
    expect(cloud.things.log[1]?.properties).toEqual({ Text: `A-1 arn:A-1 us-east-1 \${A}` });
  });

  test('announces every stack status', async () => {
    await cloud.create({ A: thing() });
    const details = cloud.published.map(({ detail }) => detail);
    expect(details).toEqual([
      expect.objectContaining({
        'status-details': { status: 'CREATE_IN_PROGRESS', 'status-reason': 'User Initiated' },
      }),
      expect.objectContaining({ 'status-details': { status: 'CREATE_COMPLETE', 'status-reason': '' } }),
    ]);
  });
});

describe('a failed creation', () => {
  test('rolls back what there is, dependents first', async () => {
    cloud.things.failing.add('create C');
    await cloud.create({ C: thing({}, { DependsOn: 'B' }), B: thing({}, { DependsOn: 'A' }), A: thing() });
    expect(cloud.things.actions).toEqual(['create A', 'create B', 'delete B', 'delete A']);
    expect(await cloud.statusOf('stack')).toBe('ROLLBACK_COMPLETE');
    const stackEvents = await eventsOf('stack');
    expect(stackEvents[1]?.ResourceStatusReason).toBe(
      'The following resource(s) failed to create: [C]. Rollback requested by user.',
    );
    expect((await eventsOf('C')).at(-1)?.ResourceStatusReason).toContain('no create today');
  });

  test('also removes the resource that failed after it existed', async () => {
    cloud.things.failing.add('complete A');
    await cloud.create({ A: thing() });
    expect(cloud.things.actions).toEqual(['create A', 'delete A']);
  });

  test('leaves things as they are with DisableRollback', async () => {
    cloud.things.failing.add('create A');
    const body = bodyOf({ B: thing(), A: thing({}, { DependsOn: 'B' }) });
    await cloud.call('CreateStack', { StackName: 'stack', TemplateBody: body, DisableRollback: true });
    await cloud.settle();
    expect(await cloud.statusOf('stack')).toBe('CREATE_FAILED');
    expect(cloud.things.living).toEqual(['B-1']);
  });

  test('names resource, type and property of a typo', async () => {
    await cloud.create({ A: thing({ Typo: true }) });
    const reason = (await eventsOf('A')).find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
    expect(reason?.ResourceStatusReason).toBe(
      'Properties validation failed for resource A with message:\n[Test::Fake::Thing] #: extraneous key [Typo] is not permitted',
    );
  });

  test('fails on an attribute that the type does not have', async () => {
    await cloud.create({ A: thing(), B: thing({ X: { 'Fn::GetAtt': ['A', 'Nope'] } }) });
    expect(await cloud.statusOf('stack')).toBe('ROLLBACK_COMPLETE');
    expect((await eventsOf('B')).at(-1)?.ResourceStatusReason).toBe(
      'Resource type Test::Fake::Thing does not support attribute {Nope}',
    );
  });
});

describe('an update', () => {
  test('leaves alone what did not change between the templates', async () => {
    await cloud.create({ A: thing({ X: 1 }), B: thing({ X: 1 }) });
    await cloud.update({ A: thing({ X: 1 }), B: thing({ X: 2 }) });
    expect(cloud.things.actions.slice(2)).toEqual(['update B']);
    expect(await cloud.statusOf('stack')).toBe('UPDATE_COMPLETE');
  });

  test('creates the new before it deletes the old, and repoints dependents between', async () => {
    await cloud.create({ A: thing({ Fixed: 1 }), B: thing({ Of: { Ref: 'A' } }) });
    await cloud.update({ A: thing({ Fixed: 2 }), B: thing({ Of: { Ref: 'A' } }) });
    expect(cloud.things.actions.slice(2)).toEqual(['create A', 'update B', 'delete A']);
    expect(cloud.things.log.at(-1)?.physicalId).toBe('A-1');
    expect(statuses(await eventsOf('A')).slice(3)).toEqual([
      ...['UPDATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'],
    ]);
    expect(statuses(await eventsOf('stack')).slice(-2)).toEqual([
      'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_COMPLETE',
    ]);
  });

  test('refuses to replace a resource that the template names', async () => {
    await cloud.create({ A: thing({ Name: 'n', Fixed: 1 }) });
    await cloud.update({ A: thing({ Name: 'n', Fixed: 2 }) });
    expect(await cloud.statusOf('stack')).toBe('UPDATE_ROLLBACK_COMPLETE');
    const failed = (await eventsOf('A')).find(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED');
    expect(failed?.ResourceStatusReason).toContain('Rename n and update the stack again.');
  });

  test('that changes nothing is refused in the recorded words', async () => {
    await cloud.create({ A: thing({ X: 1 }) });
    await expect(cloud.update({ A: thing({ X: 1 }) })).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'No updates are to be performed.',
    });
  });

  test('of outputs alone is an update', async () => {
    await cloud.create({ A: thing() });
    await cloud.update({ A: thing() }, { Outputs: { Id: { Value: { Ref: 'A' } } } });
    const { Stacks } = await cloud.call<{ Stacks: { Outputs: object[] }[] }>('DescribeStacks', { StackName: 'stack' });
    expect(Stacks[0]?.Outputs).toEqual([{ OutputKey: 'Id', OutputValue: 'A-1' }]);
  });

  test('skips the deletion of what is retained', async () => {
    await cloud.create({ A: thing(), B: thing({}, { DeletionPolicy: 'Retain' }) });
    await cloud.update({ A: thing() });
    expect(cloud.things.living).toEqual(['A-2', 'B-1']);
    expect(statuses(await eventsOf('B')).at(-1)).toBe('DELETE_SKIPPED');
  });
});

describe('a failed update', () => {
  test('undoes what was done last first', async () => {
    const at = (X: number) => ({ A: thing({ X }), B: thing({ X, Of: { Ref: 'A' } }) });
    await cloud.create(at(1));
    cloud.things.failing.add('create N');
    await cloud.update({ ...at(2), N: thing({}, { DependsOn: 'B' }) });
    expect(cloud.things.actions.slice(2)).toEqual(['update A', 'update B', 'update B', 'update A']);
  });

  test('that cannot be undone says so', async () => {
    await cloud.create({ A: thing({ X: 1 }) });
    cloud.things.failing.add('update A');
    await cloud.update({ A: thing({ X: 2 }) });
    expect(await cloud.statusOf('stack')).toBe('UPDATE_ROLLBACK_FAILED');
    await expect(cloud.update({ A: thing({ X: 3 }) })).rejects.toThrow(
      /^Stack:arn:\S+ is in UPDATE_ROLLBACK_FAILED state and can not be updated\.$/,
    );
  });

  test('goes back to the old template, which then counts as in force', async () => {
    await cloud.create({ A: thing({ X: 1 }), B: thing({ Fixed: 1 }) });
    const old = cloud.things.living;
    cloud.things.failing.add('create N');
    const after = { A: thing({ X: 2 }), B: thing({ Fixed: 2 }), N: thing({}, { DependsOn: ['A', 'B'] }) };
    await cloud.update(after);
    expect(await cloud.statusOf('stack')).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(cloud.things.living).toEqual(old);
    expect(cloud.things.log.findLast(({ logicalId }) => logicalId === 'A')?.properties).toEqual({ X: 1 });
    cloud.things.failing.clear();
    await expect(cloud.update({ A: thing({ X: 1 }), B: thing({ Fixed: 1 }) })).rejects.toThrow('No updates');
    await cloud.update(after);
    expect(await cloud.statusOf('stack')).toBe('UPDATE_COMPLETE');
  });
});

describe('deletion', () => {
  const resources = { A: thing(), B: thing({ Of: { Ref: 'A' } }), C: thing({}, { DependsOn: 'B' }) };

  test('goes dependents first and leaves a stack that only its ARN still names', async () => {
    await cloud.create(resources);
    const { Stacks } = await cloud.call<{ Stacks: { StackId: string }[] }>('DescribeStacks', { StackName: 'stack' });
    await cloud.call('DeleteStack', { StackName: 'stack' });
    expect(await cloud.statusOf('stack')).toBe('DELETE_IN_PROGRESS');
    await cloud.settle();
    expect(cloud.things.actions.slice(3)).toEqual(['delete C', 'delete B', 'delete A']);
    await expect(cloud.statusOf('stack')).rejects.toThrow('Stack with id stack does not exist');
    await expect(cloud.call('DescribeStackEvents', { StackName: 'stack' })).rejects.toThrow(
      'Stack [stack] does not exist',
    );
    expect(await cloud.statusOf(Stacks[0]?.StackId ?? '')).toBe('DELETE_COMPLETE');
  });

  test('that fails says what is left, and goes on when asked again', async () => {
    await cloud.create(resources);
    cloud.things.failing.add('delete A');
    await cloud.call('DeleteStack', { StackName: 'stack' });
    await cloud.settle();
    const { Stacks } = await cloud.call<{ Stacks: object[] }>('DescribeStacks', { StackName: 'stack' });
    expect(Stacks[0]).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'The following resource(s) failed to delete: [A]. ',
    });
    cloud.things.failing.clear();
    await cloud.call('DeleteStack', { StackName: 'stack' });
    await cloud.settle();
    expect(cloud.things.living).toEqual([]);
  });

  test('of a stack that is not there is no error, of a protected one is', async () => {
    await expect(cloud.call('DeleteStack', { StackName: 'nothing' })).resolves.toEqual({});
    await cloud.create(resources);
    await cloud.call('UpdateTerminationProtection', { StackName: 'stack', EnableTerminationProtection: true });
    await expect(cloud.call('DeleteStack', { StackName: 'stack' })).rejects.toThrow('TerminationProtection is enabled');
  });
});

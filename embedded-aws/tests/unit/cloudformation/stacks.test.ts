import { Stacks } from '../../../cloudformation/engine/stacks.ts';
import { EmbeddedAws } from '../../../kernel/aws.ts';
import { SimulationClock } from '../../../kernel/simulation-clock.ts';
import { bodyOf, FakeCloud, thing } from '../../support/cloudformation/fake-types.ts';

test('a fault of the engine ends the operation as failed, and is reported', async () => {
  const errors: unknown[] = [];
  const clock = new SimulationClock({ onError: (error) => errors.push(error) });
  await clock.goVirtual(0);
  const stacks = new Stacks(new EmbeddedAws({ clock, seed: 1 }), new Map());
  const stack = stacks.add('stack');
  stack.setStatus('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  // biome-ignore lint/correctness/useYield: the fault comes before the first step
  stacks.run(stack, async function* () {
    throw new Error('broken');
  });
  await clock.runUntil(clock.now() + 1);
  expect([stack.status, stack.statusReason]).toEqual(['UPDATE_FAILED', 'Internal Failure: broken']);
  expect(errors).toEqual([new Error('broken')]);
});

describe('exports', () => {
  test('are read by other stacks, and keep their stack from being deleted meanwhile', async () => {
    const cloud = await FakeCloud.start();
    await cloud.create({ A: thing() }, { Outputs: { Id: { Value: { Ref: 'A' }, Export: { Name: 'the-id' } } } });
    const reader = bodyOf({ B: thing({ Of: { 'Fn::ImportValue': 'the-id' } }) });
    await cloud.call('CreateStack', { StackName: 'reader', TemplateBody: reader });
    await cloud.settle();
    expect(cloud.things.log.at(-1)?.properties).toEqual({ Of: 'A-1' });
    await expect(cloud.call('DeleteStack', { StackName: 'stack' })).rejects.toThrow(
      'Delete canceled. Cannot delete export the-id as it is in use by reader.',
    );
    const { Exports } = await cloud.call<{ Exports: object[] }>('ListExports', {});
    expect(Exports).toEqual([expect.objectContaining({ Name: 'the-id', Value: 'A-1' })]);
  });
});

describe('long answers come in pages', () => {
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`N${index}`, thing()]));

  test('of resources', async () => {
    const cloud = await FakeCloud.start();
    await cloud.create(many);
    const first = await cloud.call<{ StackResourceSummaries: object[]; NextToken: string }>('ListStackResources', {
      StackName: 'stack',
    });
    const second = await cloud.call<{ StackResourceSummaries: object[]; NextToken?: string }>('ListStackResources', {
      StackName: 'stack',
      NextToken: first.NextToken,
    });
    expect([first.StackResourceSummaries.length, second.StackResourceSummaries.length]).toEqual([100, 20]);
    expect(second.NextToken).toBeUndefined();
  });

  test('of events, none twice or lost though new ones arrive between', async () => {
    const cloud = await FakeCloud.start();
    await cloud.create(many);
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await cloud.call<{ StackEvents: { EventId: string }[]; NextToken?: string }>('DescribeStackEvents', {
        StackName: 'stack',
        NextToken,
      });
      if (seen.length === 0) await cloud.update({ ...many, More: thing() });
      seen.push(...page.StackEvents.map(({ EventId }) => EventId));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(seen).toHaveLength(2 + 120 * 3);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

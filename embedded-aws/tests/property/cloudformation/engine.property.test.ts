import * as fc from 'fast-check';
import type { JsonObject } from '../../../cloudformation/template/json.ts';
import { bodyOf, FakeCloud, thing } from '../../support/cloudformation/fake-types.ts';

interface Dag {
  /** For each node the earlier nodes it needs; declared in the order of `declared`. */
  readonly needs: readonly (readonly number[])[];
  readonly declared: readonly number[];
}

/** Any acyclic graph, declared in any order, its edges of all kinds. */
const dags: fc.Arbitrary<Dag> = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.record({
    needs: fc.tuple(
      ...Array.from({ length: size }, (_, node) =>
        fc.subarray(Array.from({ length: node }, (_unused, other) => other)),
      ),
    ),
    declared: fc.shuffledSubarray(
      Array.from({ length: size }, (_, node) => node),
      { minLength: size },
    ),
  }),
);

const edge = (node: number): ((other: number) => [string, JsonObject | string]) => {
  return (other) => {
    const kinds = [{ Ref: `N${other}` }, { 'Fn::GetAtt': [`N${other}`, 'Arn'] }, { 'Fn::Sub': `\${N${other}}` }];
    return [`Of${other}`, kinds[(node + other) % kinds.length] as JsonObject];
  };
};

/** Every third node declares its edges by DependsOn, the others by what they read. */
function resourcesOf({ needs, declared }: Dag, extra: (node: number) => JsonObject = () => ({})): JsonObject {
  const entries = declared.map((node) => {
    const edges = needs[node] ?? [];
    if (node % 3 === 0) return [`N${node}`, thing(extra(node), { DependsOn: edges.map((other) => `N${other}`) })];
    return [`N${node}`, thing({ ...Object.fromEntries(edges.map(edge(node))), ...extra(node) })];
  });
  return Object.fromEntries(entries);
}

const orderOf = (actions: readonly string[], verb: string): string[] =>
  actions.filter((line) => line.startsWith(`${verb} `)).map((line) => line.slice(verb.length + 1));

function expectBefore(order: readonly string[], first: string, second: string): void {
  if (order.includes(first) && order.includes(second)) expect(order.indexOf(first)).toBeLessThan(order.indexOf(second));
}

function expectEdges({ needs }: Dag, order: readonly string[], isReversed: boolean): void {
  needs.forEach((edges, node) => {
    for (const other of edges) {
      const [first, second] = isReversed ? [`N${node}`, `N${other}`] : [`N${other}`, `N${node}`];
      expectBefore(order, first, second);
    }
  });
}

test('every graph is created along its edges and deleted against them, whole', async () => {
  await fc.assert(
    fc.asyncProperty(dags, async (dag) => {
      const cloud = await FakeCloud.start();
      await cloud.create(resourcesOf(dag));
      expect(await cloud.statusOf('stack')).toBe('CREATE_COMPLETE');
      expect(orderOf(cloud.things.actions, 'create')).toHaveLength(dag.needs.length);
      expectEdges(dag, orderOf(cloud.things.actions, 'create'), false);
      await cloud.call('DeleteStack', { StackName: 'stack' });
      await cloud.settle();
      expectEdges(dag, orderOf(cloud.things.actions, 'delete'), true);
      expect(cloud.things.living).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('a creation that fails anywhere leaves nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(dags, fc.nat(), fc.constantFrom('create', 'complete'), async (dag, pick, verb) => {
      const cloud = await FakeCloud.start();
      cloud.things.failing.add(`${verb} N${pick % dag.needs.length}`);
      await cloud.create(resourcesOf(dag));
      expect(await cloud.statusOf('stack')).toBe('ROLLBACK_COMPLETE');
      expect(cloud.things.living).toEqual([]);
      expectEdges(dag, orderOf(cloud.things.actions, 'delete'), true);
    }),
    { numRuns: 60 },
  );
});

const changes = fc.array(fc.constantFrom('keep', 'change', 'replace', 'drop'), { minLength: 9, maxLength: 9 });

/** The second template: nodes changed, replaced or dropped (with the edges to them), and one new node needing all. */
function changed(dag: Dag, kinds: readonly string[]): JsonObject {
  const kept = dag.declared.filter((node) => kinds[node] !== 'drop');
  const needs = dag.needs.map((edges) => edges.filter((other) => kept.includes(other)));
  const extra = (node: number) =>
    kinds[node] === 'change' ? { X: 2 } : kinds[node] === 'replace' ? { Fixed: 2 } : ({} as JsonObject);
  const resources = resourcesOf({ needs, declared: kept }, extra);
  return { New: thing({}, { DependsOn: kept.map((node) => `N${node}`) }), ...resources };
}

test('an update that fails at its very end restores what was, and nothing else is left', async () => {
  await fc.assert(
    fc.asyncProperty(dags, changes, async (dag, kinds) => {
      const cloud = await FakeCloud.start();
      const before = resourcesOf(dag);
      await cloud.create(before);
      const living = cloud.things.living;
      cloud.things.failing.add('create New');
      await cloud.update(changed(dag, kinds));
      expect(await cloud.statusOf('stack')).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(cloud.things.living).toEqual(living);
      await expect(cloud.update(before)).rejects.toThrow('No updates are to be performed.');
    }),
    { numRuns: 60 },
  );
});

test('an update ends with exactly what the new template declares, and a second run finds nothing to do', async () => {
  await fc.assert(
    fc.asyncProperty(dags, changes, async (dag, kinds) => {
      const cloud = await FakeCloud.start();
      await cloud.create(resourcesOf(dag));
      const after = changed(dag, kinds);
      await cloud.call('UpdateStack', { StackName: 'stack', TemplateBody: bodyOf(after) });
      await cloud.settle();
      expect(await cloud.statusOf('stack')).toBe('UPDATE_COMPLETE');
      const declared = cloud.things.living.map((id) => id.split('-')[0]).sort();
      expect(declared).toEqual(Object.keys(after).sort());
      await expect(cloud.update(after)).rejects.toThrow('No updates are to be performed.');
    }),
    { numRuns: 60 },
  );
});

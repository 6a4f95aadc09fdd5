import type { BoundTemplate } from './bound-template.ts';
import { creationOrder, deletionOrder, type Graph, restrict } from './graph.ts';
import { type Outcome, type ResourceActions, reasonOf } from './resource-actions.ts';
import type { ResourceRecord, Stack, StackDefinition } from './stack.ts';

/** A stack operation: every `yield` lets the world go on before the next resource. */
export type StackOperation = AsyncGenerator<void, void, void>;

export type OnFailure = 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';

/** Everything an operation needs: the stack, the tool to change single resources, and the time. */
export interface OperationContext {
  readonly stack: Stack;
  readonly actions: ResourceActions;
  now(): number;
}

const failedText = (verb: string, names: readonly string[]): string =>
  `The following resource(s) failed to ${verb}: [${names.join(', ')}]. `;

type Kept = (record: ResourceRecord) => boolean;
const keptAtDeletion: Kept = ({ deletionPolicy }) => deletionPolicy.startsWith('Retain');
const keptAtReplacement: Kept = ({ updateReplacePolicy }) => updateReplacePolicy === 'Retain';
/** A resource that a failed operation created: `RetainExceptOnCreate` means exactly this case. */
const keptAtRollback: Kept = ({ deletionPolicy }) => deletionPolicy === 'Retain';

/** Removes resources, dependents first. @returns the logical ids that failed. */
async function* remove(
  { actions }: OperationContext,
  records: readonly ResourceRecord[],
  graph: Graph,
  isKept: Kept,
): AsyncGenerator<void, string[], void> {
  const byId = new Map(records.map((record) => [record.logicalId, record]));
  const failed: string[] = [];
  const known = restrict(graph, new Set(byId.keys()));
  const all: Graph = new Map([...byId.keys()].map((logicalId) => [logicalId, known.get(logicalId) ?? new Set()]));
  for (const logicalId of deletionOrder(all)) {
    const record = byId.get(logicalId);
    if (record && !(await actions.remove(record, isKept(record)))) failed.push(logicalId);
    yield;
  }
  return failed;
}

function finish({ stack, actions }: OperationContext, bound: BoundTemplate): string | undefined {
  try {
    stack.outputs = bound.resolveOutputs(actions.lookup);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Creates all resources; on a failure rolls back, deletes or stops, as `onFailure` says. */
export async function* createStack(
  context: OperationContext,
  bound: BoundTemplate,
  onFailure: OnFailure,
): StackOperation {
  const { stack, actions } = context;
  let failure: string | undefined;
  for (const logicalId of creationOrder(bound.graph)) {
    const outcome = await actions.create(bound, logicalId, 'CREATE');
    yield;
    if (outcome.kind === 'failed') {
      failure = failedText('create', [logicalId]);
      break;
    }
  }
  failure ??= finish(context, bound);
  if (failure === undefined) return stack.setStatus('CREATE_COMPLETE');
  if (onFailure === 'DO_NOTHING') return stack.setStatus('CREATE_FAILED', failure);
  if (onFailure === 'DELETE') {
    stack.setStatus('DELETE_IN_PROGRESS', `${failure}Delete requested by user.`);
    yield* deleteStack(context, bound.graph, new Set());
    return;
  }
  stack.setStatus('ROLLBACK_IN_PROGRESS', `${failure}Rollback requested by user.`);
  const failed = yield* remove(context, [...stack.resources.values()], bound.graph, keptAtRollback);
  if (failed.length > 0) return stack.setStatus('ROLLBACK_FAILED', failedText('delete', failed));
  stack.deletedMs = context.now();
  stack.setStatus('ROLLBACK_COMPLETE');
}

/** What an update goes from: the definition and graph in force before it. */
export interface UpdateBase {
  readonly definition: StackDefinition | undefined;
  readonly graph: Graph;
}

/** Goes to a new template: new before old, then the clean-up; on a failure back to the old one. */
export async function* updateStack(context: OperationContext, base: UpdateBase, bound: BoundTemplate): StackOperation {
  const { stack, actions } = context;
  const before = new Map(stack.resources);
  const changes: Outcome[] = [];
  let failure: string | undefined;
  for (const logicalId of creationOrder(bound.graph)) {
    const outcome = await actions.apply(bound, logicalId);
    changes.push(outcome);
    yield;
    if (outcome.kind === 'failed') {
      failure = failedText('update', [logicalId]);
      break;
    }
  }
  failure ??= finish(context, bound);
  if (failure !== undefined) {
    if (stack.disableRollback) return stack.setStatus('UPDATE_FAILED', failure);
    stack.setStatus('UPDATE_ROLLBACK_IN_PROGRESS', failure);
    yield* rollBack(context, base, changes, bound.graph);
    return;
  }
  stack.setStatus('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  yield* cleanUp(context, base.graph, bound, before);
  stack.setStatus('UPDATE_COMPLETE');
}

async function* cleanUp(
  context: OperationContext,
  graph: Graph,
  bound: BoundTemplate,
  before: ReadonlyMap<string, ResourceRecord>,
): StackOperation {
  const { resources } = context.stack;
  const records = [...before.values()];
  const isReplaced = ({ logicalId, physical }: ResourceRecord) =>
    bound.resources.has(logicalId) && resources.get(logicalId)?.physical.id !== physical.id;
  const obsolete = records.filter((record) => !bound.resources.has(record.logicalId) || isReplaced(record));
  // As in AWS, what cannot be cleaned up does not fail an update that is otherwise done.
  yield* remove(context, obsolete, graph, (record) =>
    (isReplaced(record) ? keptAtReplacement : keptAtDeletion)(record),
  );
  for (const { logicalId } of obsolete) if (!bound.resources.has(logicalId)) resources.delete(logicalId);
}

async function* rollBack(
  context: OperationContext,
  base: UpdateBase,
  changes: readonly Outcome[],
  graph: Graph,
): StackOperation {
  const { stack, actions } = context;
  stack.definition = base.definition;
  const superfluous: ResourceRecord[] = [];
  for (const change of [...changes].reverse()) {
    if (change.kind === 'unchanged') continue;
    const { logicalId, previous, attempted } = change;
    const current = stack.resources.get(logicalId);
    if (current && current.physical.id !== previous?.physical.id) superfluous.push(current);
    if (previous) stack.resources.set(logicalId, previous);
    if (!previous || !attempted || !current) continue;
    try {
      // The provider undoes the difference to the attempted state, whether or not the attempt succeeded.
      await actions.update({ ...previous, physical: current.physical, properties: attempted }, previous.properties);
    } catch (error) {
      actions.fail('UPDATE', logicalId, previous.type, previous.physical.id, error);
      return stack.setStatus('UPDATE_ROLLBACK_FAILED', failedText('update', [logicalId]));
    }
    yield;
  }
  stack.setStatus('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  yield* remove(context, superfluous, graph, keptAtRollback);
  stack.setStatus('UPDATE_ROLLBACK_COMPLETE');
}

/** Deletes all resources; those in `retained` are left standing. */
export async function* deleteStack(
  context: OperationContext,
  graph: Graph,
  retained: ReadonlySet<string>,
): StackOperation {
  const { stack } = context;
  const records = [...stack.resources.values()];
  const isKept: Kept = (record) => retained.has(record.logicalId) || keptAtDeletion(record);
  const failed = yield* remove(context, records, graph, isKept);
  if (failed.length > 0) return stack.setStatus('DELETE_FAILED', failedText('delete', failed));
  stack.deletedMs = context.now();
  stack.outputs = [];
  stack.setStatus('DELETE_COMPLETE');
}

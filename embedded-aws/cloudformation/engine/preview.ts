import { isDeepStrictEqual } from 'node:util';
import type { Change, ResourceChange, ResourceChangeDetail } from '@aws-sdk/client-cloudformation';
import type { JsonObject } from '../template/json.ts';
import type { BoundTemplate, ResourceLookup } from './bound-template.ts';
import { creationOrder } from './graph.ts';
import type { ResourceTypes } from './resource-type.ts';
import type { ResourceRecord, Stack } from './stack.ts';

/** Stands for a value that does not exist before the change set is executed. */
const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

function previewLookup(stack: Stack, pending: ReadonlySet<string>): ResourceLookup {
  const current = (logicalId: string) => (pending.has(logicalId) ? undefined : stack.resources.get(logicalId));
  return {
    ref: (logicalId) => current(logicalId)?.physical.id ?? KNOWN_AFTER_APPLY,
    attribute: (logicalId, attribute) => current(logicalId)?.physical.attributes[attribute] ?? KNOWN_AFTER_APPLY,
  };
}

export function changedNames(previous: JsonObject, next: JsonObject): string[] {
  const names = new Set([...Object.keys(previous), ...Object.keys(next)]);
  return [...names].filter((name) => !isDeepStrictEqual(previous[name], next[name]));
}

function addition(logicalId: string, type: string): ResourceChange {
  return { Action: 'Add', LogicalResourceId: logicalId, ResourceType: type, Scope: [], Details: [] };
}

function removal({ logicalId, type, physical, deletionPolicy }: ResourceRecord): ResourceChange {
  const policy = deletionPolicy.startsWith('Retain') ? 'Retain' : 'Delete';
  return {
    ...{ Action: 'Remove', LogicalResourceId: logicalId, PhysicalResourceId: physical.id, ResourceType: type },
    ...{ PolicyAction: policy, Scope: [], Details: [] },
  };
}

function modification(record: ResourceRecord, next: JsonObject, replaced: readonly string[]): ResourceChange {
  const isUncertain = replaced.some((name) => JSON.stringify(next[name] ?? null).includes(KNOWN_AFTER_APPLY));
  const replacement = replaced.length === 0 ? 'False' : isUncertain ? 'Conditional' : 'True';
  const details = changedNames(record.properties, next).map((name): ResourceChangeDetail => {
    const isReplaced = replaced.includes(name);
    const isDynamic = JSON.stringify(next[name] ?? null).includes(KNOWN_AFTER_APPLY);
    const recreation = isReplaced ? (isDynamic ? 'Conditionally' : 'Always') : 'Never';
    return {
      Target: { Attribute: 'Properties', Name: name, RequiresRecreation: recreation },
      Evaluation: isDynamic ? 'Dynamic' : 'Static',
      ChangeSource: isDynamic ? 'ResourceReference' : 'DirectModification',
    };
  });
  return {
    ...{ Action: 'Modify', LogicalResourceId: record.logicalId, PhysicalResourceId: record.physical.id },
    ...{ ResourceType: record.type, Replacement: replacement, Scope: ['Properties'], Details: details },
    ...(replacement !== 'False' && { PolicyAction: 'ReplaceAndDelete' as const }),
  };
}

/** What executing would change, resource by resource, as far as it can be known now. */
export function previewChanges(stack: Stack, bound: BoundTemplate, types: ResourceTypes): Change[] {
  const pending = new Set<string>();
  const lookup = previewLookup(stack, pending);
  const changes: ResourceChange[] = [];
  for (const logicalId of creationOrder(bound.graph)) {
    const record = stack.resources.get(logicalId);
    const declared = bound.resources.get(logicalId);
    if (!declared) continue;
    if (!record) {
      changes.push(addition(logicalId, declared.type));
      pending.add(logicalId);
      continue;
    }
    const next = bound.resolve(logicalId, lookup);
    if (isDeepStrictEqual(next, record.properties)) continue;
    const replaced = types.get(record.type)?.replacements(record.properties, next) ?? [];
    if (replaced.length > 0) pending.add(logicalId);
    changes.push(modification(record, next, replaced));
  }
  const removed = [...stack.resources.values()].filter(({ logicalId }) => !bound.resources.has(logicalId));
  const all = [...changes, ...removed.map(removal)];
  return all.map((ResourceChange) => ({ Type: 'Resource', ResourceChange }));
}

/** Whether the update changes anything: resources, outputs, tags, removal policies or notification targets. */
export function hasChanges(stack: Stack, bound: BoundTemplate, changes: readonly Change[]): boolean {
  const { definition } = stack;
  if (changes.length > 0 || !definition) return true;
  const comparable = ({ template, tags, notificationArns }: typeof definition) => [
    Object.values(template.resources).map((resource) => [
      ...[resource.deletionPolicy, resource.updateReplacePolicy],
      resource.metadata,
    ]),
    [...tags],
    notificationArns,
  ];
  const outputs = bound.resolveOutputs(previewLookup(stack, new Set()));
  return (
    !isDeepStrictEqual(outputs, stack.outputs) ||
    !isDeepStrictEqual(comparable(definition), comparable(bound.definition))
  );
}

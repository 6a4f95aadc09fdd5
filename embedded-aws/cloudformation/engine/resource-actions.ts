import { isDeepStrictEqual } from 'node:util';
import type { ResourceStatus } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../kernel/aws-error.ts';
import { own } from '../../kernel/plain-records.ts';
import type { Json, JsonObject } from '../template/json.ts';
import { validationError } from '../template/template-model.ts';
import type { BoundTemplate, ResourceLookup } from './bound-template.ts';
import type { Physical, ResourceRequest, ResourceType, ResourceTypes } from './resource-type.ts';
import type { ResourceRecord, Stack } from './stack.ts';

/** The result of one resource, with its previous and requested state for a rollback. */
export interface Applied {
  readonly kind: 'changed' | 'failed';
  readonly logicalId: string;
  readonly previous?: ResourceRecord;
  readonly attempted?: JsonObject;
}
export type Outcome = Applied | { readonly kind: 'unchanged' };

type Verb = 'CREATE' | 'UPDATE' | 'DELETE';

export function reasonOf(error: unknown): string {
  if (!(error instanceof AwsError))
    return `Internal Failure: ${error instanceof Error ? error.message : String(error)}`;
  if (error.code === 'ValidationError' || error.code === 'NotImplemented') return error.message;
  return `Resource handler returned message: "${error.message}" (HandlerErrorCode: ${error.code})`;
}

const isGone = (error: unknown): boolean =>
  error instanceof AwsError && (error.status === 404 || /NotFound|NoSuch|NonExistent|DoesNotExist/.test(error.code));

/** Creates, updates and deletes single resources of a stack, and keeps its records and events. */
export class ResourceActions {
  readonly lookup: ResourceLookup;
  private readonly stack: Stack;
  private readonly types: ResourceTypes;
  private readonly now: () => number;

  constructor(stack: Stack, types: ResourceTypes, now: () => number) {
    this.stack = stack;
    this.types = types;
    this.now = now;
    this.lookup = {
      ref: (logicalId) => this.existing(logicalId).physical.id,
      attribute: (logicalId, attribute) => this.attribute(logicalId, attribute),
    };
  }

  /** Brings one resource to what `bound` says: creates, leaves, updates in place, or replaces it. */
  async apply(bound: BoundTemplate, logicalId: string): Promise<Outcome> {
    const previous = this.stack.resources.get(logicalId);
    if (!previous) return this.create(bound, logicalId, 'CREATE');
    let attempted: JsonObject | undefined;
    try {
      const { type, deletionPolicy, updateReplacePolicy } = this.declared(bound, logicalId);
      if (type !== previous.type) throw validationError(TYPE_CHANGED);
      const properties = bound.resolve(logicalId, this.lookup);
      const kept = { ...previous, deletionPolicy, updateReplacePolicy };
      this.stack.resources.set(logicalId, kept);
      if (isDeepStrictEqual(properties, previous.properties)) return { kind: 'unchanged' };
      if (this.isReplacement(previous, properties)) {
        return { ...(await this.create(bound, logicalId, 'UPDATE')), previous };
      }
      attempted = properties;
      await this.update(kept, properties);
      return { kind: 'changed', logicalId, previous, attempted };
    } catch (error) {
      this.fail('UPDATE', logicalId, previous.type, previous.physical.id, error);
      return { kind: 'failed', logicalId, previous, ...(attempted && { attempted }) };
    }
  }

  async create(bound: BoundTemplate, logicalId: string, verb: Verb): Promise<Applied> {
    const { type, deletionPolicy, updateReplacePolicy } = this.declared(bound, logicalId);
    const started = `${verb}_IN_PROGRESS` as const;
    const reason = verb === 'UPDATE' ? REPLACING : undefined;
    let physicalId = '';
    try {
      const properties = bound.resolve(logicalId, this.lookup);
      this.event({ logicalId, type, physicalId, status: started, properties, reason });
      const provider = this.checkedType(type, logicalId, properties);
      const request = this.request(logicalId, properties);
      const physical = await provider.create(request);
      physicalId = physical.id;
      const common = { logicalId, type, physical, properties, deletionPolicy, updateReplacePolicy };
      this.record(common, started, 'Resource creation Initiated');
      await provider.complete(request, physical);
      this.record(common, `${verb}_COMPLETE`);
      return { kind: 'changed', logicalId };
    } catch (error) {
      this.fail(verb, logicalId, type, physicalId, error);
      return { kind: 'failed', logicalId };
    }
  }

  /** Goes from the record's properties to `properties` in place. */
  async update(from: ResourceRecord, properties: JsonObject): Promise<void> {
    const provider = this.checkedType(from.type, from.logicalId, properties);
    this.record(from, 'UPDATE_IN_PROGRESS');
    const physical = await provider.update(this.request(from.logicalId, properties), from.physical, from.properties);
    this.record({ ...from, properties, physical }, 'UPDATE_COMPLETE');
  }

  /** Deletes what a record names. Already gone is as good as deleted. @returns whether it is gone or rightly kept. */
  async remove(record: ResourceRecord, isKept: boolean): Promise<boolean> {
    const { logicalId, type, physical, properties } = record;
    const isCurrent = this.stack.resources.get(logicalId)?.physical.id === physical.id;
    const base = { logicalId, type, physicalId: physical.id };
    if (isKept) {
      this.event({ ...base, status: 'DELETE_SKIPPED' });
    } else {
      this.event({ ...base, status: 'DELETE_IN_PROGRESS' });
      try {
        await this.typeOf(type).delete(this.request(logicalId, properties), physical);
      } catch (error) {
        if (!isGone(error)) {
          this.fail('DELETE', logicalId, type, physical.id, error);
          return false;
        }
      }
      this.event({ ...base, status: 'DELETE_COMPLETE' });
    }
    if (isCurrent) this.stack.resources.delete(logicalId);
    return true;
  }

  fail(verb: Verb, logicalId: string, type: string, physicalId: string, error: unknown): void {
    const status = `${verb}_FAILED` as const;
    const reason = reasonOf(error);
    const record = this.stack.resources.get(logicalId);
    if (record?.physical.id === physicalId) {
      this.stack.resources.set(logicalId, { ...record, status, statusReason: reason, timestampMs: this.now() });
    }
    this.event({ logicalId, type, physicalId, status, reason });
  }

  private record(
    record: Omit<ResourceRecord, 'status' | 'timestampMs' | 'statusReason'>,
    status: ResourceStatus,
    reason?: string,
  ) {
    const { logicalId, type, physical, properties, deletionPolicy, updateReplacePolicy } = record;
    this.stack.resources.set(logicalId, {
      ...{ logicalId, type, physical, properties, deletionPolicy, updateReplacePolicy, status },
      ...(reason !== undefined && { statusReason: reason }),
      timestampMs: this.now(),
    });
    this.event({ logicalId, type, physicalId: physical.id, status, reason, properties });
  }

  private event(event: Parameters<Stack['addResourceEvent']>[0]): void {
    this.stack.addResourceEvent(event);
  }

  private request(logicalId: string, properties: JsonObject): ResourceRequest {
    const tags = this.stack.definition?.tags ?? [];
    const stackTags = Object.fromEntries(tags.map(({ Key, Value }) => [Key ?? '', Value ?? '']));
    return { stackId: this.stack.id, stackName: this.stack.name, logicalId, properties, stackTags };
  }

  private attribute(logicalId: string, attribute: string): Json {
    const { physical, type } = this.existing(logicalId);
    const value = own(physical.attributes, attribute);
    if (value === undefined) throw validationError(`Resource type ${type} does not support attribute {${attribute}}`);
    return value;
  }

  private existing(logicalId: string): { physical: Physical; type: string } {
    const record = this.stack.resources.get(logicalId);
    if (!record)
      throw validationError(`Template error: resource ${logicalId} does not exist yet: no declared edge leads to it`);
    return record;
  }

  private declared(bound: BoundTemplate, logicalId: string) {
    const resource = bound.resources.get(logicalId);
    if (!resource) throw validationError(`Resource ${logicalId} is not in the template`);
    return resource;
  }

  private typeOf(type: string): ResourceType {
    const provider = this.types.get(type);
    if (!provider) throw validationError(`Unrecognized resource type: ${type}`);
    return provider;
  }

  private checkedType(type: string, logicalId: string, properties: JsonObject): ResourceType {
    const provider = this.typeOf(type);
    const problems = provider.problems(properties).map((problem) => `#${problem}`);
    if (problems.length === 0) return provider;
    throw validationError(
      `Properties validation failed for resource ${logicalId} with message:\n[${type}] ${problems.join('\n')}`,
    );
  }

  private isReplacement(previous: ResourceRecord, properties: JsonObject): boolean {
    const provider = this.typeOf(previous.type);
    if (provider.replacements(previous.properties, properties).length === 0) return false;
    const name = provider.nameProperty === undefined ? undefined : properties[provider.nameProperty];
    if (name !== undefined && isDeepStrictEqual(name, previous.properties[provider.nameProperty ?? ''])) {
      throw validationError(
        'CloudFormation cannot update a stack when a custom-named resource requires replacing. ' +
          `Rename ${String(name)} and update the stack again.`,
      );
    }
    return true;
  }
}

const TYPE_CHANGED =
  'Update of resource type is not permitted. The new template modifies resource type of the resource.';
const REPLACING = 'Requested update requires the creation of a new physical resource; hence creating one.';

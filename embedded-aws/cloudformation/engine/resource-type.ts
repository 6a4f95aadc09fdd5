import type { Json, JsonObject } from '../template/json.ts';

/** A resource that exists: `id` is its physical id and what `Ref` yields; `attributes` is what `Fn::GetAtt` yields. */
export interface Physical {
  readonly id: string;
  readonly attributes: Readonly<Record<string, Json>>;
}

/** One resource of one stack, as a provider sees it. */
export interface ResourceRequest {
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  /** Resolved: no functions are left. */
  readonly properties: JsonObject;
  readonly stackTags: Readonly<Record<string, string>>;
}

/**
 * What CloudFormation must know of a resource type. Every method may throw: the text becomes the event's reason.
 * Properties are compared between templates, never with the live resource.
 */
export interface ResourceType {
  readonly type: string;
  /** Lists the problems of the properties: unknown, missing or invalid ones. */
  problems(properties: JsonObject): readonly string[];
  /** Of the changed properties those that cannot change in place. */
  replacements(previous: JsonObject, next: JsonObject): readonly string[];
  /** The property that fixes the physical name, when the template gives one: such a resource cannot be replaced. */
  readonly nameProperty?: string;
  create(request: ResourceRequest): Promise<Physical>;
  /** What more it takes before the resource is complete; from `create` on it exists and would be rolled back. */
  complete(request: ResourceRequest, physical: Physical): Promise<void>;
  update(request: ResourceRequest, physical: Physical, previous: JsonObject): Promise<Physical>;
  delete(request: ResourceRequest, physical: Physical): Promise<void>;
}

export type ResourceTypes = ReadonlyMap<string, ResourceType>;

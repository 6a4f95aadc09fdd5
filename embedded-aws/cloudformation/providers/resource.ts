import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import { ACCOUNT_ID, type Caller, type EmbeddedAws, REGION } from '../../kernel/aws.ts';
import type { Physical, ResourceRequest, ResourceType } from '../engine/resource-type.ts';
import type { Json } from '../template/json.ts';
import { problemsOf } from './provider-schema.ts';

/** One resource in the hands of its provider: the checked properties, and the door to the other services. */
export interface Resource<Properties> {
  readonly properties: Properties;
  readonly logicalId: string;
  readonly stackName: string;
  readonly stackId: string;
  /** Stack tags and CloudFormation's own, which AWS puts on every resource that takes tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** `STACK-LOGICAL-RANDOM`, cut to `longest` characters, for a resource that the template does not name. */
  generatedName(longest?: number): string;
  call<Output = unknown>(service: string, operation: string, input: object): Promise<Output>;
}

/** The declaration of a resource type. `Properties` is what the schema yields. */
export interface Declaration<Properties> {
  readonly type: string;
  readonly schema: z.ZodType<Properties>;
  /** Properties that cannot change in place; `all` if none can. */
  readonly replacement: readonly (keyof Properties & string)[] | 'all';
  readonly nameProperty?: keyof Properties & string;
  /** Properties that AWS knows and the embedded AWS does not: refused by name. */
  readonly notImplemented?: readonly string[];
  create(resource: Resource<Properties>): Promise<CreatedPhysical>;
  complete?(resource: Resource<Properties>, physical: Physical): Promise<unknown>;
  update?(resource: Resource<Properties>, physical: Physical, previous: Properties): Promise<unknown>;
  /** Attributes that follow the properties. */
  attributes?(properties: Properties): Readonly<Record<string, Json>>;
  delete?(resource: Resource<Properties>, physical: Physical): Promise<unknown>;
}

export interface CreatedPhysical {
  readonly id: string;
  readonly attributes?: Readonly<Record<string, Json>>;
}

/** A declaration that waits for the embedded AWS it acts on. */
export type ResourceDefinition = (aws: EmbeddedAws) => ResourceType;

function changed(previous: object, next: object, name: string): boolean {
  return !isDeepStrictEqual((previous as Record<string, unknown>)[name], (next as Record<string, unknown>)[name]);
}

/** Whether any of `names` differs between two versions of the properties. */
export function differs<Properties extends object>(
  previous: Properties,
  next: Properties,
  ...names: readonly (keyof Properties & string)[]
): boolean {
  return names.some((name) => changed(previous, next, name));
}

const withoutUndefined = (input: object): object =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));

function toResource<Properties>(
  aws: EmbeddedAws,
  request: ResourceRequest,
  properties: Properties,
): Resource<Properties> {
  const { stackId, stackName, logicalId, stackTags } = request;
  const caller: Caller = { kind: 'service', principal: 'cloudformation.amazonaws.com', sourceArn: stackId };
  return {
    ...{ properties, logicalId, stackName, stackId },
    tags: {
      ...stackTags,
      'aws:cloudformation:stack-name': stackName,
      'aws:cloudformation:logical-id': logicalId,
      'aws:cloudformation:stack-id': stackId,
    },
    generatedName: (longest = 255) => {
      const suffix = aws.ids.id('physical-name', `${stackId}/${logicalId}`, 12).toUpperCase();
      return `${`${stackName}-${logicalId}`.slice(0, longest - suffix.length - 1)}-${suffix}`;
    },
    call: (service, operation, input) => aws.call(caller, service, operation, withoutUndefined(input)),
  };
}

/** Makes a resource type of its declaration. */
export function resource<Properties extends object>(declaration: Declaration<Properties>): ResourceDefinition {
  const { type, schema, replacement, nameProperty } = declaration;
  const parse = (properties: object): Properties => schema.parse(properties);
  return (aws) => {
    const open = (request: ResourceRequest) => toResource(aws, request, parse(request.properties));
    return {
      type,
      ...(nameProperty !== undefined && { nameProperty }),
      problems: (properties) => problemsOf(schema, properties, declaration.notImplemented),
      replacements: (previous, next) => {
        const names = replacement === 'all' ? Object.keys({ ...previous, ...next }) : replacement;
        return names.filter((name) => changed(previous, next, name));
      },
      create: async (request) => {
        const it = open(request);
        const { id, attributes } = await declaration.create(it);
        return { id, attributes: { ...attributes, ...declaration.attributes?.(it.properties) } };
      },
      complete: async (request, physical) => {
        await declaration.complete?.(open(request), physical);
      },
      update: async (request, physical, previous) => {
        const it = open(request);
        await declaration.update?.(it, physical, parse(previous));
        return { id: physical.id, attributes: { ...physical.attributes, ...declaration.attributes?.(it.properties) } };
      },
      delete: async (request, physical) => {
        await declaration.delete?.(open(request), physical);
      },
    };
  };
}

/** The ARN of a resource of this account and Region. */
export function arnOf(service: string, name: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${name}`;
}

/** A short name that depends on what it stands for: for resources that have an id only within CloudFormation. */
export function contentId(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
}

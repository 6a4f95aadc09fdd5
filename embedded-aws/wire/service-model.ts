import { isStaticSchema, NormalizedSchema, translateTraits } from '@smithy/core/schema';
import type { SchemaTraitsObject, StaticErrorSchema, StaticOperationSchema } from '@smithy/types';
import { PROTOCOLS, type ServiceProtocol } from './protocols.ts';

/** The first element of a schema tuple is its kind. */
const OPERATION = 9;
const ERROR = -3;

export interface OperationModel {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Verb, path pattern and success status; REST services only. */
  readonly http: readonly [verb: string, uri: string, status: number] | undefined;
}

export interface ErrorModel {
  readonly name: string;
  /** `com.amazonaws.ssm#ParameterNotFound` */
  readonly id: string;
  readonly schema: NormalizedSchema;
  readonly status: number | undefined;
  /** Code and status that the older query protocol gives it. */
  readonly query: readonly [code: string, status: number] | undefined;
  readonly fault: 'client' | 'server';
}

/** The operations and errors of a service, from its client package. */
export interface ServiceModel {
  readonly name: string;
  readonly protocol: ServiceProtocol;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** By the shape's name, and by the query protocol's code where that differs. */
  readonly errors: ReadonlyMap<string, ErrorModel>;
}

const loaded = new Map<string, Promise<ServiceModel>>();

/** The model of the service with this credential-scope name; undefined when there is no such service here. */
export function serviceModel(name: string): Promise<ServiceModel> | undefined {
  const protocol = Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined;
  if (!protocol) return undefined;
  let model = loaded.get(name);
  if (!model) {
    model = readModel(name, protocol);
    loaded.set(name, model);
  }
  return model;
}

async function readModel(name: string, protocol: ServiceProtocol): Promise<ServiceModel> {
  const operations = new Map<string, OperationModel>();
  const errors = new Map<string, ErrorModel>();
  for (const schema of Object.values(await protocol.load())) {
    if (isOperation(schema)) operations.set(schema[2], operationModel(schema));
    else if (isError(schema)) addError(errors, errorModel(schema));
  }
  return { name, protocol, operations, errors };
}

/** The client's tuples are internal data: their shape is checked here, and the round-trip test guards the rest. */
const isOperation = (value: unknown): value is StaticOperationSchema => isTuple(value) && value[0] === OPERATION;
const isError = (value: unknown): value is StaticErrorSchema => isTuple(value) && value[0] === ERROR;
const isTuple = (value: unknown): value is readonly unknown[] => Array.isArray(value) && isStaticSchema(value as never);

function operationModel(schema: StaticOperationSchema): OperationModel {
  const [, , name, traits, input, output] = schema;
  const http = traitsOf(traits).http as OperationModel['http'];
  return { name, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output), http };
}

function errorModel(schema: StaticErrorSchema): ErrorModel {
  const [, namespace, name, traits] = schema;
  const { error, httpError, awsQueryError } = traitsOf(traits);
  return {
    name,
    id: `${namespace}#${name}`,
    schema: NormalizedSchema.of(schema),
    status: typeof httpError === 'number' ? httpError : undefined,
    query: awsQueryError as ErrorModel['query'],
    fault: error === 'server' ? 'server' : 'client',
  };
}

function traitsOf(traits: StaticOperationSchema[3]): SchemaTraitsObject {
  return translateTraits(traits);
}

function addError(errors: Map<string, ErrorModel>, error: ErrorModel): void {
  errors.set(error.name, error);
  if (error.query && !errors.has(error.query[0])) errors.set(error.query[0], error);
}

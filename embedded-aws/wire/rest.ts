import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticStructureSchema } from '@smithy/types';
import { own } from '../kernel/plain-records.ts';
import { type Codec, REST_JSON } from './codec.ts';
import { failureMembers } from './failure.ts';
import { isRecord, type Members, textOf, type WireRequest, type WireResponse } from './message.ts';
import type { Protocol } from './protocol.ts';
import { matchRoute, type Route } from './rest-routes.ts';

type Schemas = Readonly<Record<string, NormalizedSchema>>;

const STRUCTURE = 3;

/** Reads a request whose members are spread over path, query, headers and body. */
export async function decodeRest(
  codec: Codec,
  route: Route,
  labels: ReadonlyMap<string, string>,
  request: WireRequest,
) {
  const { input } = route.operation;
  if (input.isUnitSchema()) return {};
  const schemas = input.getMemberSchemas();
  const members = await decodeBody(codec, input, schemas, request.body);
  for (const [name, schema] of Object.entries(schemas)) {
    const value = boundValue(codec, name, schema, route, labels, request);
    if (value !== undefined) members[name] = value;
  }
  return members;
}

async function decodeBody(codec: Codec, input: NormalizedSchema, schemas: Schemas, body: Uint8Array): Promise<Members> {
  const payload = Object.entries(schemas).find(([, schema]) => schema.getMergedTraits().httpPayload);
  if (payload) return await decodePayload(codec, payload[0], payload[1], body);
  const inBody = namesWhere(schemas, isInRequestBody);
  if (body.length === 0 || inBody.length === 0) return {};
  const members = await codec.decode(only(input, inBody, schemas), body);
  return isRecord(members) ? { ...members } : {};
}

async function decodePayload(codec: Codec, name: string, schema: NormalizedSchema, body: Uint8Array): Promise<Members> {
  if (schema.isBlobSchema() || schema.isStreaming()) return { [name]: new Uint8Array(body) };
  if (body.length === 0) return {};
  return { [name]: schema.isStringSchema() ? textOf(body) : await codec.decode(schema, body) };
}

function boundValue(
  codec: Codec,
  name: string,
  schema: NormalizedSchema,
  route: Route,
  labels: ReadonlyMap<string, string>,
  request: WireRequest,
): unknown {
  const traits = schema.getMergedTraits();
  if (traits.httpLabel) return codec.textToValue(schema, decodeURIComponent(labels.get(name) ?? ''));
  if (traits.httpQuery) return fromQuery(codec, schema, traits.httpQuery, request.query.getAll(traits.httpQuery));
  if (traits.httpQueryParams) return remainingQuery(codec, schema, route, request.query);
  if (traits.httpPrefixHeaders !== undefined) return prefixedHeaders(traits.httpPrefixHeaders, request.headers);
  if (!traits.httpHeader) return undefined;
  const text = request.headers[traits.httpHeader.toLowerCase()];
  return text === undefined ? undefined : codec.textToValue(schema, text);
}

function fromQuery(codec: Codec, schema: NormalizedSchema, name: string, texts: readonly string[]): unknown {
  const [first] = texts;
  if (first === undefined) return undefined;
  if (!schema.isListSchema()) return codec.textToValue(schema, first);
  const member = schema.getValueSchema();
  return texts.map((text) => codec.textToValue([member, { httpQuery: name }], text));
}

function remainingQuery(codec: Codec, schema: NormalizedSchema, route: Route, query: URLSearchParams): unknown {
  const bound = Object.values(route.operation.input.getMemberSchemas()).map(
    (member) => member.getMergedTraits().httpQuery,
  );
  const taken = new Set([...bound, ...route.constants.map(([name]) => name)]);
  const names = [...new Set(query.keys())].filter((name) => !taken.has(name));
  if (names.length === 0) return undefined;
  const value = schema.getValueSchema();
  return Object.fromEntries(names.map((name) => [name, fromQuery(codec, value, name, query.getAll(name))]));
}

function prefixedHeaders(prefix: string, headers: WireRequest['headers']): unknown {
  const start = prefix.toLowerCase();
  const found = Object.entries(headers).filter(([name]) => name.startsWith(start));
  return found.length ? Object.fromEntries(found.map(([name, value]) => [name.slice(start.length), value])) : undefined;
}

/** Path and query hold parts of a request only: in a response, members so marked are in the body. */
function isInRequestBody(schema: NormalizedSchema): boolean {
  const { httpLabel, httpQuery, httpQueryParams } = schema.getMergedTraits();
  return !httpLabel && !httpQuery && !httpQueryParams && isInResponseBody(schema);
}

function isInResponseBody(schema: NormalizedSchema): boolean {
  const { httpHeader, httpPrefixHeaders, httpPayload, httpResponseCode } = schema.getMergedTraits();
  return !httpHeader && !httpPayload && !httpResponseCode && httpPrefixHeaders === undefined;
}

const namesWhere = (schemas: Schemas, isWanted: (schema: NormalizedSchema) => boolean): string[] =>
  Object.entries(schemas).flatMap(([name, schema]) => (isWanted(schema) ? [name] : []));

/** The same structure with only the named members: what a body holds. */
function only(structure: NormalizedSchema, names: string[], schemas: Schemas): NormalizedSchema {
  const [namespace = '', name = ''] = (structure.getName(true) ?? '').split('#');
  const members = names.map((member) => own(schemas, member) ?? 0);
  const schema: StaticStructureSchema = [STRUCTURE, namespace, name, structure.getMergedTraits(), names, members];
  return NormalizedSchema.of(schema);
}

/** Writes an output (or an error's members) over status, headers and body as the schema's bindings say. */
export function encodeRest(codec: Codec, schema: NormalizedSchema, output: Members, status: number): WireResponse {
  const schemas = schema.isUnitSchema() ? {} : schema.getMemberSchemas();
  const headers: Record<string, string> = {};
  let responseStatus = status;
  for (const [name, member] of Object.entries(schemas)) {
    const value = output[name];
    if (value === undefined || value === null) continue;
    const traits = member.getMergedTraits();
    if (traits.httpResponseCode) responseStatus = Number(value);
    else if (traits.httpHeader) headers[traits.httpHeader.toLowerCase()] = codec.valueToText(member, value);
    else if (traits.httpPrefixHeaders !== undefined) addPrefixed(headers, traits.httpPrefixHeaders, value);
  }
  return { status: responseStatus, headers, body: encodeBody(codec, schema, schemas, output) };
}

function addPrefixed(headers: Record<string, string>, prefix: string, values: unknown): void {
  if (!isRecord(values)) return;
  for (const [name, value] of Object.entries(values)) headers[`${prefix}${name}`.toLowerCase()] = String(value);
}

function encodeBody(codec: Codec, schema: NormalizedSchema, schemas: Schemas, output: Members): string | Uint8Array {
  const payload = Object.entries(schemas).find(([, member]) => member.getMergedTraits().httpPayload);
  if (payload) return encodePayload(codec, payload[1], output[payload[0]]);
  const inBody = namesWhere(schemas, isInResponseBody);
  return inBody.length === 0 ? '' : codec.encode(only(schema, inBody, schemas), output);
}

function encodePayload(codec: Codec, schema: NormalizedSchema, value: unknown): string | Uint8Array {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  return codec.encode(schema, value);
}

/** REST JSON: API Gateway and Lambda. */
export const restJson: Protocol = {
  async decode(service, request) {
    const { route, labels } = matchRoute(service, request);
    return { operation: route.operation, input: await decodeRest(REST_JSON, route, labels, request) };
  },
  encode(_service, operation, output) {
    const members = isRecord(output) ? output : {};
    const response = encodeRest(REST_JSON, operation.output, members, operation.http?.[2] ?? 200);
    return { ...response, headers: { 'content-type': 'application/json', ...response.headers } };
  },
  fail(_service, failure) {
    const members = failureMembers(failure);
    const response: WireResponse = failure.model
      ? encodeRest(REST_JSON, failure.model.schema, members, failure.status)
      : { status: failure.status, headers: {}, body: JSON.stringify(members) };
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': failure.code, ...response.headers };
    return { ...response, headers, status: failure.status };
  },
};

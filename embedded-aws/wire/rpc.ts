import type { $Schema } from '@smithy/types';
import { NotImplemented } from '../kernel/aws-error.ts';
import { CBOR, type Codec, JSON_RPC } from './codec.ts';
import { failureMembers, queryErrorHeader } from './failure.ts';
import type { WireRequest } from './message.ts';
import type { Protocol } from './protocol.ts';
import type { OperationModel, ServiceModel } from './service-model.ts';

/** `@smithy/core`'s number for a document: a value written by its own type. */
const DOCUMENT: $Schema = 15;

export function operationOf(service: ServiceModel, name: string): OperationModel {
  const operation = service.operations.get(name);
  if (!operation) throw new NotImplemented(service.name, name);
  return operation;
}

async function decodeBody(codec: Codec, operation: OperationModel, body: Uint8Array): Promise<unknown> {
  if (operation.input.isUnitSchema() || body.length === 0) return {};
  return await codec.decode(operation.input, body);
}

const encodeBody = (codec: Codec, operation: OperationModel, output: unknown): string | Uint8Array =>
  operation.output.isUnitSchema() ? codec.encode(DOCUMENT, {}) : codec.encode(operation.output, output ?? {});

/** AWS JSON 1.0 and 1.1: the operation is in `X-Amz-Target`. */
export const jsonRpc: Protocol = {
  async decode(service, request) {
    const operation = operationOf(service, (request.headers['x-amz-target'] ?? '').split('.').at(-1) ?? '');
    return { operation, input: await decodeBody(JSON_RPC, operation, request.body) };
  },
  encode: (service, operation, output) => ({
    status: 200,
    headers: jsonHeaders(service),
    body: encodeBody(JSON_RPC, operation, output),
  }),
  fail: (service, failure) => ({
    status: failure.status,
    headers: { ...jsonHeaders(service), 'x-amzn-errortype': failure.code, ...queryErrorHeader(service, failure) },
    body: JSON_RPC.encode(DOCUMENT, { __type: failure.model?.id ?? failure.code, ...failureMembers(failure) }),
  }),
};

const jsonHeaders = (service: ServiceModel) => ({
  'content-type': `application/x-amz-json-${service.protocol.jsonVersion ?? '1.0'}`,
});

const CBOR_HEADERS = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };
const CBOR_PATH = /^\/service\/[^/]+\/operation\/([^/]+)$/;

export const isCbor = (request: WireRequest): boolean => request.headers['smithy-protocol'] === 'rpc-v2-cbor';

/** Smithy RPC v2 with CBOR bodies: the operation is in the path. */
export const cborRpc: Protocol = {
  async decode(service, request) {
    const operation = operationOf(service, CBOR_PATH.exec(request.path)?.[1] ?? request.path);
    return { operation, input: await decodeBody(CBOR, operation, request.body) };
  },
  encode: (_service, operation, output) => ({
    status: 200,
    headers: CBOR_HEADERS,
    body: encodeBody(CBOR, operation, output),
  }),
  fail: (service, failure) => ({
    status: failure.status,
    headers: { ...CBOR_HEADERS, ...queryErrorHeader(service, failure) },
    body: CBOR.encode(DOCUMENT, { __type: failure.model?.id ?? failure.code, ...failureMembers(failure) }),
  }),
};

import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticStructureSchema } from '@smithy/types';
import { type Codec, xmlCodec } from './codec.ts';
import { failureMembers } from './failure.ts';
import { type Members, textOf } from './message.ts';
import type { Protocol } from './protocol.ts';
import { decodeForm } from './query-form.ts';
import { operationOf } from './rpc.ts';
import type { ServiceModel } from './service-model.ts';

const STRUCTURE = 3;
const STRING = 0;
const NAMESPACE = 'local.wire';

const structure = (name: string, members: Record<string, StaticStructureSchema[5][number]>): StaticStructureSchema => [
  STRUCTURE,
  NAMESPACE,
  name,
  0,
  Object.keys(members),
  Object.values(members),
];

const METADATA = structure('ResponseMetadata', { RequestId: STRING });
const HEADERS = { 'content-type': 'text/xml' };

/** The query protocol: a form in, an XML envelope out. */
export const query: Protocol = {
  async decode(service, request) {
    const form = new URLSearchParams(textOf(request.body));
    for (const [name, value] of request.query) form.append(name, value);
    const operation = operationOf(service, form.get('Action') ?? '');
    return { operation, input: decodeForm(operation.input, form) };
  },
  encode(service, operation, output, requestId) {
    const members: Record<string, StaticStructureSchema[5][number]> = {};
    const values: Members = { ResponseMetadata: { RequestId: requestId } };
    if (!operation.output.isUnitSchema()) {
      members[`${operation.name}Result`] = operation.output.getSchema();
      values[`${operation.name}Result`] = output ?? {};
    }
    const envelope = structure(`${operation.name}Response`, { ...members, ResponseMetadata: METADATA });
    return { status: 200, headers: HEADERS, body: codecOf(service).encode(NormalizedSchema.of(envelope), values) };
  },
  fail(service, failure, requestId) {
    const own = failure.model?.schema.getMemberSchemas() ?? {};
    const extra = Object.keys(failureMembers(failure)).filter(
      (name) => name in own && name.toLowerCase() !== 'message',
    );
    const error = structure('Error', {
      Type: STRING,
      Code: STRING,
      Message: STRING,
      ...Object.fromEntries(extra.map((name) => [name, own[name]?.getSchema() ?? STRING])),
    });
    const values = {
      Type: failure.status >= 500 ? 'Receiver' : 'Sender',
      Code: failure.model?.query?.[0] ?? failure.code,
      Message: failure.message,
      ...Object.fromEntries(extra.map((name) => [name, failure.members[name]])),
    };
    const envelope = structure('ErrorResponse', { Error: error, RequestId: STRING });
    const body = codecOf(service).encode(NormalizedSchema.of(envelope), { Error: values, RequestId: requestId });
    return { status: failure.status, headers: HEADERS, body };
  },
};

const codecs = new Map<string, Codec>();

function codecOf(service: ServiceModel): Codec {
  const namespace = service.protocol.xmlNamespace ?? `https://${service.name}.amazonaws.com/`;
  let codec = codecs.get(namespace);
  if (!codec) {
    codec = xmlCodec(namespace);
    codecs.set(namespace, codec);
  }
  return codec;
}

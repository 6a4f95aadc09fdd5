import { type Codec, xmlCodec } from './codec.ts';
import { escapeXml, isRecord } from './message.ts';
import type { Protocol } from './protocol.ts';
import { decodeRest, encodeRest } from './rest.ts';
import { matchRoute } from './rest-routes.ts';
import type { ServiceModel } from './service-model.ts';

const codecs = new WeakMap<ServiceModel, Codec>();

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

function codecOf(service: ServiceModel): Codec {
  let codec = codecs.get(service);
  if (!codec) {
    const xml = xmlCodec(service.protocol.xmlNamespace ?? '');
    codec = { ...xml, encode: (schema, value) => `${DECLARATION}${xml.encode(schema, value)}` };
    codecs.set(service, codec);
  }
  return codec;
}

const XML = { 'content-type': 'application/xml' };

/** REST XML: S3. Paths hold the bucket (path-style). */
export const restXml: Protocol = {
  async decode(service, request) {
    const { route, labels } = matchRoute(service, request);
    return { operation: route.operation, input: await decodeRest(codecOf(service), route, labels, request) };
  },
  encode(service, operation, output) {
    const members = isRecord(output) ? output : {};
    const response = encodeRest(codecOf(service), operation.output, members, operation.http?.[2] ?? 200);
    return typeof response.body === 'string' ? { ...response, headers: { ...XML, ...response.headers } } : response;
  },
  fail(_service, failure, requestId) {
    const parts = Object.entries({
      Code: failure.code,
      Message: failure.message,
      ...failure.members,
      RequestId: requestId,
    });
    const body = parts.map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`).join('');
    return { status: failure.status, headers: XML, body: `${DECLARATION}<Error>${body}</Error>` };
  },
};

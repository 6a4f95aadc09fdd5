import type { WireRequest } from './message.ts';
import { textOf } from './message.ts';
import { PROTOCOLS } from './protocols.ts';

export interface Credential {
  readonly accessKeyId: string;
  readonly serviceName: string;
}

/** The SigV4 credential of a request, from its header or (presigned) from its query; signatures are not checked. */
export function credentialOf(request: WireRequest): Credential | undefined {
  const header = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1];
  const scope = header ?? request.query.get('X-Amz-Credential');
  if (!scope) return undefined;
  // accessKeyId/date/region/service/aws4_request; an access key id holds no slash.
  const [accessKeyId = '', , , serviceName = ''] = scope.split('/');
  return { accessKeyId, serviceName };
}

const PATHS: readonly (readonly [RegExp, string])[] = [
  [/^\/(restapis|usageplans|apikeys|account$|tags\/arn:aws:apigateway|domainnames|vpclinks)/, 'apigateway'],
  [/^\/\d{4}-\d{2}-\d{2}\//, 'lambda'],
];

/** The service a request addresses: by its credential scope, else by what its protocol names, else S3. */
export function serviceNameOf(request: WireRequest): string {
  const signed = credentialOf(request)?.serviceName;
  if (signed) return signed;
  const target = request.headers['x-amz-target']?.split('.')[0] ?? /^\/service\/([^/]+)\//.exec(request.path)?.[1];
  if (target !== undefined) return byProtocol((protocol) => protocol.target === target) ?? target;
  const version = new URLSearchParams(formText(request)).get('Version') ?? request.query.get('Version');
  const byVersion = version ? byProtocol((protocol) => protocol.queryVersion === version) : undefined;
  return byVersion ?? PATHS.find(([path]) => path.test(request.path))?.[1] ?? 's3';
}

function byProtocol(matches: (protocol: (typeof PROTOCOLS)[string]) => boolean): string | undefined {
  return Object.entries(PROTOCOLS).find(([, protocol]) => matches(protocol))?.[0];
}

const formText = (request: WireRequest): string =>
  request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? textOf(request.body) : '';

import type { Caller, EmbeddedAws } from '../kernel/aws.ts';
import { DEVELOPER } from '../kernel/aws.ts';
import { AwsError, NotImplemented } from '../kernel/aws-error.ts';
import { credentialOf, serviceNameOf } from './addressing.ts';
import { failureOf } from './failure.ts';
import { escapeXml, textOf, type WireRequest, type WireResponse } from './message.ts';
import type { Decoded, Protocol } from './protocol.ts';
import { query } from './query-protocol.ts';
import { restJson } from './rest.ts';
import { restXml } from './rest-xml.ts';
import { cborRpc, isCbor, jsonRpc } from './rpc.ts';
import { type ServiceModel, serviceModel } from './service-model.ts';

/** Access key ids of this form belong to deployed functions: `FN.<functionName>`. */
const FUNCTION_KEY = /^FN\.(.+)$/;

export interface WireOptions {
  readonly aws: EmbeddedAws;
  /** The role ARN of a deployed function; undefined when there is no such function. */
  readonly roleOf: (functionName: string) => string | undefined;
}

/** AWS's management endpoints: turns requests in any of its protocols into calls, and their outcome into responses. */
export class Wire {
  private readonly aws: EmbeddedAws;
  private readonly roleOf: WireOptions['roleOf'];

  constructor(options: WireOptions) {
    this.aws = options.aws;
    this.roleOf = options.roleOf;
  }

  async handle(request: WireRequest): Promise<WireResponse> {
    const name = serviceNameOf(request);
    const requestId = this.aws.ids.uuid('wire', name);
    const response = await this.respond(name, request, requestId);
    return {
      ...response,
      headers: {
        'x-amzn-requestid': requestId,
        date: new Date(signedAtMs(request) ?? this.aws.clock.now()).toUTCString(),
        ...response.headers,
      },
    };
  }

  private async respond(name: string, request: WireRequest, requestId: string): Promise<WireResponse> {
    const service = await serviceModel(name);
    if (!service) return unknownService(name, request, requestId);
    const protocol = protocolOf(service, request);
    try {
      const caller = this.callerOf(request);
      const { operation, input } = await decode(protocol, service, request);
      const output = await this.aws.call(caller, name, operation.name, input);
      return protocol.encode(service, operation, output, requestId);
    } catch (error) {
      return protocol.fail(service, failureOf(service, error), requestId);
    }
  }

  private callerOf(request: WireRequest): Caller {
    const functionName = FUNCTION_KEY.exec(credentialOf(request)?.accessKeyId ?? '')?.[1];
    if (functionName === undefined) return DEVELOPER;
    const roleArn = this.roleOf(functionName);
    if (roleArn === undefined) {
      throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', {
        status: 403,
      });
    }
    return { kind: 'function', functionName, roleArn };
  }
}

/**
 * When the caller signed, by its own clock. Told back as the server's date, it keeps clients from "correcting" their
 * clocks, and from retrying whatever failed meanwhile, where the cloud's time is not the wall's.
 */
function signedAtMs(request: WireRequest): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(request.headers['x-amz-date'] ?? '');
  return parts ? Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`) : undefined;
}

async function decode(protocol: Protocol, service: ServiceModel, request: WireRequest): Promise<Decoded> {
  try {
    return await protocol.decode(service, request);
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw new AwsError('SerializationException', error instanceof Error ? error.message : String(error));
  }
}

function protocolOf(service: ServiceModel, request: WireRequest): Protocol {
  if (service.protocol.style === 'rest-json') return restJson;
  if (service.protocol.style === 'rest-xml') return restXml;
  if (isCbor(request)) return cborRpc;
  return request.headers['x-amz-target'] === undefined ? query : jsonRpc;
}

/** A service without a model answers in the protocol that the request seems to speak. */
function unknownService(name: string, request: WireRequest, requestId: string): WireResponse {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const action = isForm ? new URLSearchParams(textOf(request.body)).get('Action') : undefined;
  const target = request.headers['x-amz-target']?.split('.').at(-1);
  const { code, message, status } = new NotImplemented(name, action ?? target ?? `${request.verb} ${request.path}`);
  if (isForm) {
    const error = `<Error><Type>Receiver</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
    const body = `<ErrorResponse>${error}<RequestId>${requestId}</RequestId></ErrorResponse>`;
    return { status: status ?? 501, headers: { 'content-type': 'text/xml' }, body };
  }
  return {
    status: status ?? 501,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

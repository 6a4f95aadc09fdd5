import type {
  DeleteGatewayResponseRequest,
  GatewayResponse,
  GatewayResponses,
  GatewayResponseType,
  GetGatewayResponseRequest,
  GetGatewayResponsesRequest,
  PutGatewayResponseRequest,
  UpdateGatewayResponseRequest,
} from '@aws-sdk/client-api-gateway';
import { DEFAULT_TEMPLATES, GATEWAY_RESPONSE_TYPES } from '../../../gateway/request/gateway-response-types.ts';
import { AwsError } from '../../../kernel/aws-error.ts';
import { own } from '../../../kernel/plain-records.ts';
import { badRequest, notFound } from '../apigateway-errors.ts';
import type { ApiRecord } from '../apigateway-state.ts';
import type { Given } from '../given.ts';
import type { Management } from '../management.ts';
import { type Patch, readPatches } from '../patch-operations.ts';
import { copyOf } from './copy.ts';

/** Put-, Get-, Update-, DeleteGatewayResponse and GetGatewayResponses. Seen by callers after the next deployment. */
export function gatewayResponseOperations({ state }: Management) {
  return {
    PutGatewayResponse: (input: Given<PutGatewayResponseRequest>): GatewayResponse => {
      const record = state.api(input.restApiId);
      const type = checkType(input.responseType);
      const { statusCode, responseParameters, responseTemplates } = input;
      const status = statusCode ?? builtIn(type).statusCode;
      const response: GatewayResponse = {
        responseType: type,
        ...(status ? { statusCode: status } : {}),
        responseParameters: responseParameters ?? {},
        responseTemplates: responseTemplates ?? { ...DEFAULT_TEMPLATES },
        defaultResponse: false,
      };
      // What the data plane answers without a status of the customiser's own may differ from the listing.
      record.gatewayResponses.set(type, statusCode ? response : withoutStatus(response));
      return copyOf(response);
    },
    GetGatewayResponse: (input: Given<GetGatewayResponseRequest>): GatewayResponse =>
      listed(state.api(input.restApiId), checkType(input.responseType)),
    GetGatewayResponses: (input: Given<GetGatewayResponsesRequest>): GatewayResponses => {
      const record = state.api(input.restApiId);
      return { items: Object.keys(GATEWAY_RESPONSE_TYPES).map((type) => listed(record, type as GatewayResponseType)) };
    },
    UpdateGatewayResponse: (input: Given<UpdateGatewayResponseRequest>): GatewayResponse => {
      const patches = readPatches('UpdateGatewayResponse', input.patchOperations);
      const record = state.api(input.restApiId);
      const type = checkType(input.responseType);
      const draft = copyOf(record.gatewayResponses.get(type) ?? withoutStatus(builtIn(type)));
      for (const patch of patches) patchResponse(draft, patch);
      record.gatewayResponses.set(type, { ...draft, defaultResponse: false });
      return listed(record, type);
    },
    DeleteGatewayResponse: (input: Given<DeleteGatewayResponseRequest>): void => {
      const { gatewayResponses } = state.api(input.restApiId);
      if (!gatewayResponses.delete(checkType(input.responseType))) notFound('Gateway response type not defined on api');
    },
  };
}

function checkType(type: string): GatewayResponseType {
  if (own(GATEWAY_RESPONSE_TYPES, type)) return type as GatewayResponseType;
  const types = Object.keys(GATEWAY_RESPONSE_TYPES).join(', ');
  const text = `1 validation error detected: Value '${type}' at 'responseType' failed to satisfy constraint: Member must satisfy enum value set: [${types}]`;
  throw new AwsError('ValidationException', text, { status: 400 });
}

function builtIn(type: GatewayResponseType): GatewayResponse {
  const status = own(GATEWAY_RESPONSE_TYPES, type)?.status;
  return {
    responseType: type,
    ...(status ? { statusCode: String(status) } : {}),
    responseParameters: {},
    responseTemplates: { ...DEFAULT_TEMPLATES },
    defaultResponse: true,
  };
}

function withoutStatus({ statusCode: _, ...response }: GatewayResponse): GatewayResponse {
  return response;
}

/** A type without customisation shows a customised DEFAULT_4XX or DEFAULT_5XX, and is still marked as default. */
function listed({ gatewayResponses }: ApiRecord, type: GatewayResponseType): GatewayResponse {
  const own = gatewayResponses.get(type);
  if (own) return copyOf({ ...builtIn(type), ...own });
  const family = Number(builtIn(type).statusCode) >= 500 ? 'DEFAULT_5XX' : 'DEFAULT_4XX';
  const inherited = type.startsWith('DEFAULT_') ? undefined : gatewayResponses.get(family);
  return copyOf({ ...builtIn(type), ...inherited, responseType: type, defaultResponse: true });
}

function patchResponse(response: GatewayResponse, patch: Patch): void {
  const [, member, name] = /^\/(statusCode|responseParameters|responseTemplates)(?:\/(.+))?$/.exec(patch.path) ?? [];
  if (member === 'statusCode' && name === undefined && patch.op === 'replace') {
    response.statusCode = patch.value;
  } else if ((member === 'responseParameters' || member === 'responseTemplates') && name) {
    const map = { ...response[member] };
    patchEntry(map, name.replaceAll('~1', '/').replaceAll('~0', '~'), member, patch);
    response[member] = map;
  } else {
    badRequest(`Invalid patch path ${patch.path || 'null'}`);
  }
}

function patchEntry(map: Record<string, string>, name: string, member: string, { op, path, value }: Patch): void {
  if (op !== 'add' && own(map, name) === undefined) notFound('Invalid parameter name specified');
  if (op === 'remove') {
    delete map[name];
  } else if (op !== 'add' && op !== 'replace') {
    badRequest(`Invalid patch path ${path}`);
  } else if (value === '') {
    badRequest(`Invalid null or empty value in ${member}`);
  } else {
    map[name] = value;
  }
}

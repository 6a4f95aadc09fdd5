import type { GatewayResponse } from '@aws-sdk/client-api-gateway';
import { emptyRecord, own } from '../../kernel/plain-records.ts';
import { type AccessRecord, CONTEXT_VARIABLES } from '../telemetry/access-record.ts';
import { DEFAULT_TEMPLATES, GATEWAY_RESPONSE_TYPES } from './gateway-response-types.ts';

/** What templates and header mappings may read. Names of headers are in lower case. */
export interface ResponseScope {
  readonly record: AccessRecord;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly queryParameters: Readonly<Record<string, string>>;
}

export interface RenderedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TEMPLATE_VARIABLE =
  /\$(context|stageVariables|method\.request\.(?:header|path|querystring))\.([A-Za-z](?:[\w.-]*\w)?)/g;

const defaultOf = (type: string): string => {
  const status = own(GATEWAY_RESPONSE_TYPES, type)?.status ?? 500;
  return status >= 500 ? 'DEFAULT_5XX' : 'DEFAULT_4XX';
};

/**
 * The answer that the gateway itself gives. A customised type counts alone; a type that is not falls back to
 * DEFAULT_4XX or DEFAULT_5XX, and what neither states is AWS's own. Templates are plain substitution, not VTL.
 * `status` is what this occurrence would answer uncustomised (a failing integration may differ from its listing).
 */
export function renderGatewayResponse(
  customised: ReadonlyMap<string, GatewayResponse>,
  type: string,
  status: number,
  scope: ResponseScope,
): RenderedResponse {
  const response = customised.get(type) ?? customised.get(defaultOf(type));
  const finalStatus = response?.statusCode ? Number(response.statusCode) : status;
  scope.record.status = finalStatus;
  const templates = Object.entries(response?.responseTemplates ?? {});
  const [contentType, template] = templates.find(([name]) => name === 'application/json') ??
    templates[0] ?? ['application/json', DEFAULT_TEMPLATES['application/json'] ?? ''];
  const headers = {
    'Content-Type': contentType,
    'x-amzn-ErrorType': own(GATEWAY_RESPONSE_TYPES, type)?.errorType ?? 'InternalServerErrorException',
    ...mappedHeaders(response?.responseParameters ?? {}, scope),
  };
  return { status: finalStatus, headers, body: substitute(template, scope) };
}

function mappedHeaders(parameters: Readonly<Record<string, string>>, scope: ResponseScope): Record<string, string> {
  const headers = emptyRecord<string>();
  for (const [target, source] of Object.entries(parameters)) {
    const name = /^gatewayresponse\.header\.(.+)$/.exec(target)?.[1];
    const value = name && headerValue(source, scope);
    if (name && value !== undefined) headers[name] = value;
  }
  return headers;
}

/** A literal in single quotes, `context.x`, or a part of the request; anything else sets no header. */
function headerValue(source: string, scope: ResponseScope): string | undefined {
  const literal = /^'(.*)'$/s.exec(source)?.[1];
  if (literal !== undefined) return literal;
  const [, kind, name] = /^(context|method\.request\.(?:header|path|querystring))\.(.+)$/.exec(source) ?? [];
  return kind && name ? variableValue(kind, name, scope) : undefined;
}

/** A variable without a value becomes the empty text. */
function substitute(template: string, scope: ResponseScope): string {
  return template.replace(TEMPLATE_VARIABLE, (_, kind: string, name: string) => variableValue(kind, name, scope) ?? '');
}

function variableValue(kind: string, name: string, scope: ResponseScope): string | undefined {
  switch (kind) {
    case 'context':
      return CONTEXT_VARIABLES.get(name)?.(scope.record)?.toString();
    case 'stageVariables':
      return own(scope.stageVariables, name);
    case 'method.request.header':
      return own(scope.headers, name.toLowerCase());
    case 'method.request.path':
      return own(scope.pathParameters, name);
    default:
      return own(scope.queryParameters, name);
  }
}

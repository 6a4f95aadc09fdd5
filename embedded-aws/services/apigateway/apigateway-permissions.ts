import * as sdk from '@aws-sdk/client-api-gateway';
import { type Permission, REGION } from '../../kernel/aws.ts';
import { own } from '../../kernel/plain-records.ts';

/** The HTTP binding in an operation's schema: verb, URI template, status. */
type HttpBinding = readonly [verb: string, uri: string, status: number];

/**
 * API Gateway's permissions are HTTP verbs on the paths of its own REST interface:
 * `apigateway:PATCH` on `arn:aws:apigateway:us-east-1::/restapis/<id>/stages/<stage>`.
 */
export function managementPermission(operation: string, input: unknown): Permission {
  const [verb, uri] = bindingOf(operation);
  const members = input as Readonly<Record<string, unknown>>;
  const path = uri
    .replace(/\?.*$/, '')
    .replace(/\{(\w+)\+?\}/g, (_, member: string) => encodeURIComponent(String(own(members, member) ?? '')));
  return { action: `apigateway:${verb}`, resources: [`arn:aws:apigateway:${REGION}::${path}`] };
}

function bindingOf(operation: string): HttpBinding {
  const schema: unknown = Reflect.get(sdk, `${operation}$`);
  const traits: unknown = Array.isArray(schema) ? schema[3] : undefined;
  if (typeof traits !== 'object' || traits === null || !('http' in traits)) {
    throw new RangeError(`${operation} is no operation of API Gateway.`);
  }
  return traits.http as HttpBinding;
}

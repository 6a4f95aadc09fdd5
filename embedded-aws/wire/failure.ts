import { AwsError } from '../kernel/aws-error.ts';
import type { ErrorModel, ServiceModel } from './service-model.ts';

/** An error ready to be written: what the service's schema says of it, and the status to answer with. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;
  readonly model: ErrorModel | undefined;
}

/** Finds the modelled error of that name. Anything but an AwsError is a fault of the embedded AWS itself: 500. */
export function failureOf(service: ServiceModel | undefined, error: unknown): Failure {
  if (!(error instanceof AwsError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: 'InternalFailure', message, status: 500, members: {}, model: undefined };
  }
  const model = service?.errors.get(error.code);
  const status = error.status ?? statusOf(service, model);
  return { code: error.code, message: error.message, status, members: error.members, model };
}

/** JSON services answer 400 whatever the schema says, unless they came from the query protocol and kept its status. */
function statusOf(service: ServiceModel | undefined, model: ErrorModel | undefined): number {
  if (model?.fault === 'server') return model.status ?? 500;
  if (service?.protocol.style !== 'json') return model?.status ?? model?.query?.[1] ?? 400;
  return (service.protocol.isQueryCompatible ? model?.query?.[1] : undefined) ?? 400;
}

/** The members to write: the message under the name that the schema gives it. */
export function failureMembers(failure: Failure): Record<string, unknown> {
  return { ...failure.members, [messageName(failure.model)]: failure.message };
}

function messageName(model: ErrorModel | undefined): 'message' | 'Message' {
  return model && 'Message' in model.schema.getMemberSchemas() ? 'Message' : 'message';
}

/** For services that moved from query to JSON or CBOR: the code that older clients know. */
export function queryErrorHeader(service: ServiceModel, failure: Failure): Record<string, string> {
  const code = failure.model?.query?.[0];
  return code && service.protocol.isQueryCompatible
    ? { 'x-amzn-query-error': `${code};${failure.status >= 500 ? 'Receiver' : 'Sender'}` }
    : {};
}

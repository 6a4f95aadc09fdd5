import type { Failure } from './failure.ts';
import type { WireRequest, WireResponse } from './message.ts';
import type { OperationModel, ServiceModel } from './service-model.ts';

/** A request understood: which operation, with which input. */
export interface Decoded {
  readonly operation: OperationModel;
  readonly input: unknown;
}

/** One AWS protocol, from the server's side. */
export interface Protocol {
  /** @throws AwsError `NotImplemented` when the service has no such operation. */
  decode(service: ServiceModel, request: WireRequest): Promise<Decoded>;
  encode(service: ServiceModel, operation: OperationModel, output: unknown, requestId: string): WireResponse;
  fail(service: ServiceModel, failure: Failure, requestId: string): WireResponse;
}

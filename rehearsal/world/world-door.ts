import type { Admission, FinishedRequest, GatewayRequest } from '@tidegate/embedded-aws/gateway';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { Attempt } from './attempt.ts';

/** Decides the world's requests. A gateway sees the request alone; a bound that knows everything sees the attempt too. */
export interface Door {
  /** Calls come in the order of `atMs`. */
  admit(request: GatewayRequest, atMs: EpochMs, attempt: Attempt): Admission;
  /** Takes finished requests in the order of `endMs`. */
  finish(requests: readonly FinishedRequest[]): void;
}

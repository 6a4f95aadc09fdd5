import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import type { Caller, Clock, Interceptor } from '@tidegate/embedded-aws/kernel';
import type { EpochMs } from '../../shared/platform/units.ts';

/** A limit that was really written, whatever its writer heard of it. */
export interface LimitWrite {
  readonly operation: 'UpdateStage' | 'UpdateUsagePlan';
  /** The function, or `developer`. */
  readonly by: string;
  readonly atMs: EpochMs;
  /** The plan; absent for the stage. */
  readonly planId?: string;
  readonly patchOperations: readonly PatchOperation[];
}

const short = (caller: Caller): string =>
  caller.kind === 'function' ? (caller.functionName.split('-').at(-1) ?? '') : caller.kind;

/** What was really done at the embedded AWS's door, as far as a judge wants to know. */
export class CallRecord {
  writes: LimitWrite[] = [];
  /** When the fail-safe said on the event bus what it did. */
  readonly announcements: { readonly by: string; readonly atMs: EpochMs }[] = [];
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The writes since the last call of this. */
  takeWrites(): LimitWrite[] {
    const { writes } = this;
    this.writes = [];
    return writes;
  }

  readonly intercept: Interceptor = async (service, operation, input, run, caller) => {
    const output = await run(input);
    const by = short(caller);
    const atMs = this.clock.now();
    if (service === 'events' && operation === 'PutEvents') this.announcements.push({ by, atMs });
    if (service !== 'apigateway' || (operation !== 'UpdateStage' && operation !== 'UpdateUsagePlan')) return output;
    const { usagePlanId, patchOperations = [] } = input as {
      usagePlanId?: string;
      patchOperations?: readonly PatchOperation[];
    };
    this.writes.push({ operation, by, atMs, ...(usagePlanId && { planId: usagePlanId }), patchOperations });
    return output;
  };
}

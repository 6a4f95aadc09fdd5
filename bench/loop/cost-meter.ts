import type { Admission, FinishedRequest, GatewayPort, GatewayRequest } from '@tidegate/embedded-aws/gateway';
import type { Method } from '../../rehearsal/world/scenario.ts';
import type { CostUnitsPerSecond } from '../../shared/platform/units.ts';

/** Cost units that passed the gateway since the last reading, including retries. */
export interface CostFlow {
  readonly offered: CostUnitsPerSecond;
  readonly admitted: CostUnitsPerSecond;
  /** Answered within the objective. */
  readonly served: CostUnitsPerSecond;
}

/** A gateway that measures passing requests by their cost to the backend. */
export class CostMeter implements GatewayPort {
  private readonly gateway: GatewayPort;
  private readonly costs: ReadonlyMap<string, number>;
  private readonly boundMs: number;
  private flow = { offered: 0, admitted: 0, served: 0 };

  constructor(gateway: GatewayPort, methods: readonly Method[], boundMs: number) {
    this.gateway = gateway;
    this.boundMs = boundMs;
    this.costs = new Map(methods.map(({ verb, path, cost }) => [`${verb} ${path}`, cost]));
  }

  admit(request: GatewayRequest, atMs: number): Admission {
    const admission = this.gateway.admit(request, atMs);
    const cost = this.costOf(request);
    this.flow.offered += cost;
    if (admission === 'admitted') this.flow.admitted += cost;
    return admission;
  }

  finish(requests: readonly FinishedRequest[]): void {
    for (const request of requests) {
      const { status, startMs, endMs } = request;
      if (status < 400 && endMs - startMs <= this.boundMs) this.flow.served += this.costOf(request);
    }
    this.gateway.finish(requests);
  }

  take(): CostFlow {
    const { flow } = this;
    this.flow = { offered: 0, admitted: 0, served: 0 };
    return flow;
  }

  private costOf({ verb, path }: GatewayRequest): number {
    return this.costs.get(`${verb} ${path}`) ?? 1;
  }
}

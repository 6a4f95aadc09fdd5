import type { Admission, FinishedRequest, GatewayPort, GatewayRequest } from '@tidegate/embedded-aws/gateway';
import type { Scenario } from '../../../rehearsal/world/scenario.ts';
import type { CostUnitsPerSecond, EpochMs } from '../../../shared/platform/units.ts';

/** Requests that arrived in one second, by group of clients. */
interface Arrivals {
  readonly offered: Record<string, number>;
  /** Answered without an error and within the objective. */
  readonly served: Record<string, number>;
  admittedCost: number;
}

/** Records for each second what every group of clients asked for and got, retries included. */
export class ClientMeter {
  private readonly startMs: EpochMs;
  private readonly boundMs: number;
  private readonly costs: ReadonlyMap<string, number>;
  private readonly seconds = new Map<number, Arrivals>();

  /** `startMs`: when second 0 begins. */
  constructor({ methods, objective }: Scenario, startMs: EpochMs) {
    this.startMs = startMs;
    this.boundMs = objective.latencyMs;
    this.costs = new Map(methods.map(({ verb, path, cost }) => [`${verb} ${path}`, cost]));
  }

  /** The same gateway, with everything that passes it recorded. */
  watch(gateway: GatewayPort): GatewayPort {
    return {
      admit: (request, atMs) => {
        const admission = gateway.admit(request, atMs);
        this.arrived(request, atMs, admission);
        return admission;
      },
      finish: (requests) => {
        for (const request of requests) this.answered(request);
        gateway.finish(requests);
      },
    };
  }

  /** Served over offered among requests that arrived in [fromSecond, toSecond); 1 if there were none. */
  servedShare(group: string, fromSecond: number, toSecond: number): number {
    const seconds = this.between(fromSecond, toSecond);
    const offered = seconds.reduce((sum, each) => sum + (each.offered[group] ?? 0), 0);
    const served = seconds.reduce((sum, each) => sum + (each.served[group] ?? 0), 0);
    return offered > 0 ? served / offered : 1;
  }

  /** The mean over [fromSecond, toSecond). */
  admittedCost(fromSecond: number, toSecond: number): CostUnitsPerSecond {
    const seconds = this.between(fromSecond, toSecond);
    return seconds.reduce((sum, each) => sum + each.admittedCost, 0) / (toSecond - fromSecond);
  }

  private arrived(request: GatewayRequest, atMs: EpochMs, admission: Admission): void {
    const second = this.secondOf(atMs);
    count(second.offered, request);
    if (admission === 'admitted') second.admittedCost += this.costs.get(`${request.verb} ${request.path}`) ?? 1;
  }

  private answered(request: FinishedRequest): void {
    const { status, startMs, endMs } = request;
    if (status < 400 && endMs - startMs <= this.boundMs) count(this.secondOf(startMs).served, request);
  }

  private between(fromSecond: number, toSecond: number): Arrivals[] {
    return [...this.seconds].flatMap(([second, arrivals]) => {
      return second >= fromSecond && second < toSecond ? [arrivals] : [];
    });
  }

  private secondOf(atMs: EpochMs): Arrivals {
    const second = Math.floor((atMs - this.startMs) / 1000);
    const known = this.seconds.get(second);
    if (known) return known;
    const arrivals = { offered: {}, served: {}, admittedCost: 0 };
    this.seconds.set(second, arrivals);
    return arrivals;
  }
}

/** Keys are named after their group: `honest-premium-7`. */
function count(counts: Record<string, number>, { keyId }: GatewayRequest): void {
  const group = keyId.slice(0, keyId.lastIndexOf('-'));
  counts[group] = (counts[group] ?? 0) + 1;
}

import type { FinishedRequest, GatewayPort } from '@tidegate/embedded-aws/gateway';
import type { Random } from '@tidegate/embedded-aws/kernel';
import type { EpochMs, KeyId, Rps } from '../../shared/platform/units.ts';

/** One key that asks so often, come what may. */
export interface Client {
  readonly keyId: KeyId;
  readonly demandRps: Rps;
}

/** An answer takes this long when nothing waits. */
const SERVICE_MS = 80;
/** A request that would wait longer than this is refused with 503. */
const LONGEST_WAIT_MS = 3000;

/**
 * A few clients and a backend with one queue: the smallest plant that can be overloaded. Every request passes the
 * deployed stage's own buckets and leaves its access-log line.
 */
export class Load {
  /** What the backend bears at present. */
  capacityRps: Rps;
  /** The clients are away, and ask for nothing. */
  isAway = false;
  /** Requests that a limit refused so far. */
  refused = 0;
  private readonly gateway: GatewayPort;
  private readonly clients: readonly Client[];
  private readonly random: Random;
  private readonly owed: number[];
  private readonly unfinished: FinishedRequest[] = [];
  private waiting = 0;
  private atMs: EpochMs;

  constructor(gateway: GatewayPort, clients: readonly Client[], capacityRps: Rps, random: Random, startMs: EpochMs) {
    this.gateway = gateway;
    this.clients = clients;
    this.capacityRps = capacityRps;
    this.random = random;
    this.owed = clients.map(() => 0);
    this.atMs = startMs;
  }

  /** How long a request that comes now would wait, milliseconds. */
  get waitMs(): number {
    return (1000 * this.waiting) / this.capacityRps;
  }

  /** Whoever waits gives up. */
  forgetWaiting(): void {
    this.waiting = 0;
  }

  /** Plays the time up to `toMs`, and logs what was answered by then. */
  advance(toMs: EpochMs): void {
    for (const { keyId, startMs } of this.arrivals(toMs)) this.serve(keyId, startMs);
    this.drain(toMs);
    this.unfinished.sort((a, b) => a.endMs - b.endMs);
    const open = this.unfinished.findIndex(({ endMs }) => endMs > toMs);
    this.gateway.finish(this.unfinished.splice(0, open < 0 ? this.unfinished.length : open));
  }

  private arrivals(toMs: EpochMs): { keyId: KeyId; startMs: EpochMs }[] {
    const spanMs = this.isAway ? 0 : toMs - this.atMs;
    const arrivals = this.clients.flatMap(({ keyId, demandRps }, index) => {
      const owed = (this.owed[index] ?? 0) + (demandRps * spanMs) / 1000;
      this.owed[index] = owed % 1;
      return Array.from({ length: Math.floor(owed) }, () => ({ keyId, startMs: this.atMs + this.random() * spanMs }));
    });
    return arrivals.sort((a, b) => a.startMs - b.startMs);
  }

  private serve(keyId: KeyId, startMs: EpochMs): void {
    const request = { keyId, verb: 'GET', path: '/data', startMs };
    const errorType = this.gateway.admit(request, startMs);
    if (errorType !== 'admitted') {
      this.refused++;
      this.unfinished.push({ ...request, endMs: startMs + 1, status: 429, errorType });
      return;
    }
    this.drain(startMs);
    const isRefused = this.waitMs > LONGEST_WAIT_MS;
    const integrationLatencyMs = Math.round(isRefused ? SERVICE_MS / 8 : SERVICE_MS + this.waitMs);
    const status = isRefused ? 503 : 200;
    if (!isRefused) this.waiting++;
    const endMs = startMs + integrationLatencyMs;
    this.unfinished.push({ ...request, endMs, status, integrationLatencyMs, backendStatus: status });
  }

  private drain(toMs: EpochMs): void {
    this.waiting = Math.max(0, this.waiting - (this.capacityRps * (toMs - this.atMs)) / 1000);
    this.atMs = toMs;
  }
}

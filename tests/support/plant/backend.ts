/** What the backend made of one second. */
export interface Service {
  readonly latencyMs: number;
  /** Shares of what was admitted in this second. */
  readonly failedShare: number;
  /** Cost units finished in this second. */
  readonly finishedCups: number;
}

/**
 * A queueing backend: fixed service time, capacity in cost units per second, a queue whose length slows it down
 * (collapse) and overflows into fast failures.
 */
export class Backend {
  private queueCups = 0;
  private readonly serviceMs: number;
  private readonly longestQueueSeconds: number;
  private readonly collapsePerSecond: number;

  constructor(serviceMs = 200, longestQueueSeconds = 5, collapsePerSecond = 0.1) {
    this.serviceMs = serviceMs;
    this.longestQueueSeconds = longestQueueSeconds;
    this.collapsePerSecond = collapsePerSecond;
  }

  serve(arrivingCups: number, capacityCups: number): Service {
    const queuedSeconds = this.queueCups / capacityCups;
    const effective = capacityCups * Math.max(0.5, 1 - this.collapsePerSecond * Math.max(0, queuedSeconds - 0.5));
    const room = Math.max(0, this.longestQueueSeconds * capacityCups + effective - this.queueCups);
    const accepted = Math.min(arrivingCups, room);
    const work = this.queueCups + accepted;
    const finishedCups = Math.min(work, effective);
    this.queueCups = work - finishedCups;
    const waitMs = (1000 * this.queueCups) / effective;
    const busy = Math.min(1, finishedCups / effective);
    return {
      latencyMs: this.serviceMs * (1 + 0.15 * busy ** 8) + waitMs,
      failedShare: arrivingCups > 0 ? 1 - accepted / arrivingCups : 0,
      finishedCups,
    };
  }
}

import type { Exchange, HttpRequest, HttpResponse } from '@tidegate/embedded-aws/http';

/** A call that waits to be let through. */
interface Waiting {
  readonly request: HttpRequest;
  readonly answer: (response: HttpResponse) => void;
}

/** A caller whose calls are held until they are let through, one at a time. */
export class Caller {
  private readonly waiting: Waiting[] = [];
  private isAtWork = false;
  private onChange: () => void = () => undefined;

  /** For the caller's own endpoint. */
  readonly exchange: Exchange = (request) =>
    new Promise((answer) => {
      this.waiting.push({ request, answer });
      this.onChange();
    });

  /** Starts work that makes calls. */
  start(work: () => Promise<void>): void {
    this.isAtWork = true;
    void work().finally(() => {
      this.isAtWork = false;
      this.onChange();
    });
  }

  /** Whether a call is waiting. */
  get isWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** Resolves when a call is waiting or the work is done. */
  async settled(): Promise<void> {
    while (this.isAtWork && !this.isWaiting) {
      await new Promise<void>((resolve) => {
        this.onChange = resolve;
      });
    }
  }

  /** Lets the first waiting call through and awaits its result. */
  async letThrough(exchange: Exchange): Promise<void> {
    const next = this.waiting.shift();
    if (!next) return;
    next.answer(await exchange(next.request));
    await this.settled();
  }
}

/** Chooses the next of the waiting callers; `step` counts from 0. */
export type Choose = (waiting: readonly number[], step: number) => number;

/** Runs all callers at once and lets their calls through one at a time, as `choose` says. @returns the callers in that order */
export async function interleave(
  callers: readonly Caller[],
  works: readonly (() => Promise<void>)[],
  exchange: Exchange,
  choose: Choose,
): Promise<number[]> {
  const order: number[] = [];
  callers.forEach((caller, index) => {
    const work = works[index];
    if (work) caller.start(work);
  });
  for (;;) {
    for (const caller of callers) await caller.settled();
    const waiting = callers.flatMap((caller, index) => (caller.isWaiting ? [index] : []));
    if (waiting.length === 0) return order;
    const next = choose(waiting, order.length);
    order.push(next);
    await callers[next]?.letThrough(exchange);
  }
}

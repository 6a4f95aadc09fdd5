import { type ClientRequest, type RequestOptions, STATUS_CODES } from 'node:http';
import { Readable, Writable } from 'node:stream';
import type { Exchange, HttpRequest, HttpResponse } from '../http/exchange.ts';
import { type AnswerFate, answerFate } from './answer-fate.ts';
import { type RunningInvocation, runningInvocation } from './crash-guard.ts';

/** The cloud's own HTTP endpoint as a function of this process reaches it: the same requests and answers, no socket. */
export interface LocalEndpoint {
  /** `http://127.0.0.1:4566`. */
  readonly origin: string;
  /** Whether a path and query is answered here; anything else takes the network. */
  readonly accepts: (target: string) => boolean;
  readonly exchange: Exchange;
}

/** Waits in the function's own time; `Infinity` lasts until the invocation's time is up. The returned function calls it off. */
export type Hold = (delayMs: number, then: () => void) => () => void;

type RequestArguments = readonly [options: unknown, callback?: unknown, ...rest: unknown[]];

/**
 * A request as `http.request(options, callback)` makes it, answered by `endpoint`.
 * @param hold keeps an answer back that is to come late
 * @returns undefined when it is addressed elsewhere, or made in a way that only a socket does justice to.
 */
export function localRequest(
  endpoint: LocalEndpoint,
  [first, callback]: RequestArguments,
  hold: Hold,
): ClientRequest | undefined {
  if (typeof first !== 'object' || first === null || first instanceof URL) return undefined;
  const { host, port, method = 'GET', headers = {}, auth, ...rest } = first as RequestOptions;
  const path = rest.path ?? '/';
  if (`http://${host}:${port}` !== endpoint.origin || !endpoint.accepts(path) || auth) return undefined;
  if (Array.isArray(headers)) return undefined;
  // As Node names the host of a request that does not name it.
  const plain: Record<string, string> = { host: `${host}:${port}` };
  for (const [name, value] of Object.entries(headers)) {
    // Node itself knows best how to complain.
    if (value === undefined) return undefined;
    plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  if (plain.expect !== undefined) return undefined;
  const request = new LocalRequest(endpoint.exchange, { method, target: path, headers: plain }, hold);
  if (typeof callback === 'function') request.once('response', callback as (response: LocalResponse) => void);
  // As much of Node's class as HTTP clients use of it.
  return request as unknown as ClientRequest;
}

/** Gathers the body, has the request answered once it is complete, and closes when the answer is there. */
class LocalRequest extends Writable {
  private readonly exchange: Exchange;
  private readonly head: Omit<HttpRequest, 'body'>;
  private readonly hold: Hold;
  private readonly invocation: RunningInvocation | undefined;
  private readonly chunks: Buffer[] = [];
  /** No socket: nothing to tune, nothing to watch. */
  readonly socket = undefined;

  constructor(exchange: Exchange, head: Omit<HttpRequest, 'body'>, hold: Hold) {
    super({ autoDestroy: false });
    this.exchange = exchange;
    this.head = head;
    this.hold = hold;
    this.invocation = runningInvocation.getStore();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  override _final(done: () => void): void {
    const [only = Buffer.alloc(0)] = this.chunks;
    const body = this.chunks.length > 1 ? Buffer.concat(this.chunks) : only;
    // The cloud's work is not the function's: what goes wrong in it must not end the invocation.
    const fate: AnswerFate = { delayMs: 0, end: 'arrives' };
    const exchange = () => answerFate.run(fate, () => this.exchange({ ...this.head, body }));
    const answer = runningInvocation.run(undefined, exchange);
    void answer.then((response) => {
      if (fate.delayMs === 0 || this.destroyed) return this.settle(response, fate);
      // A client that gives up wants no answer any more: it must not be kept for a time that never comes.
      this.once(
        'close',
        this.hold(fate.delayMs, () => this.settle(response, fate)),
      );
    });
    done();
  }

  private settle(response: HttpResponse, { end }: AnswerFate): void {
    if (this.destroyed) return;
    if (end === 'is cut off') return void this.destroy(connectionReset());
    if (end === 'kills' && this.invocation) {
      this.invocation.crash('Runtime.ExitError', killed());
      return void this.destroy();
    }
    this.emit('response', new LocalResponse(response));
    this.destroy();
  }
}

function killed(): Error {
  return Object.assign(new Error('The runtime was killed.'), { name: 'Runtime.ExitError' });
}

function connectionReset(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/** The answer, as much of `IncomingMessage` as HTTP clients read. */
class LocalResponse extends Readable {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Record<string, string>;
  readonly httpVersion = '1.1';
  readonly complete = true;

  constructor({ status, headers, body }: HttpResponse) {
    super();
    this.statusCode = status;
    this.statusMessage = STATUS_CODES[status] ?? '';
    this.headers = {};
    for (const [name, value] of Object.entries(headers)) this.headers[name.toLowerCase()] = value;
    if (body.length > 0) this.push(body);
    this.push(null);
  }

  override _read(): void {}
}

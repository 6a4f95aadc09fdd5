import { createHash } from 'node:crypto';
import type { Caller } from '../kernel/aws.ts';
import { AwsError } from '../kernel/aws-error.ts';
import type { Random } from '../kernel/random.ts';
import type { Clock } from '../kernel/simulation-clock.ts';
import { type AnswerFate, answerFate } from '../runtime/answer-fate.ts';
import { garbageAnswer, partialAnswer } from './answers.ts';
import { changedDelivery, isDelivery, withContentOf } from './deliveries.ts';
import type { EarlierCall } from './earlier-calls.ts';
import type { Fault } from './fault.ts';
import { throttlingError } from './throttling.ts';

/** A call on its way through the door. */
export interface StruckCall {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  readonly caller: Caller;
  readonly run: (changed?: unknown) => Promise<unknown>;
}

/** A fault that is about to strike, and its inputs. */
export interface Effect {
  readonly fault: Fault;
  readonly random: Random;
  readonly clock: Clock;
  /** The same call as it was before the fault began. */
  readonly earlier: EarlierCall | undefined;
}

/** How long a caller over a socket waits for an answer that never comes. */
const SOCKET_PATIENCE_MS = 60_000;

function applies({ fault, earlier }: Effect, call: StruckCall): boolean {
  if (fault.kind === 'stale') return earlier !== undefined;
  if (fault.kind === 'kill') return fateOf(call) !== undefined;
  return true;
}

async function perform(effect: Effect, call: StruckCall): Promise<unknown> {
  const { fault, random, earlier } = effect;
  switch (fault.kind) {
    case 'error':
      throw new AwsError('InternalFailure', 'An internal error occurred.', { status: 500 });
    case 'down':
      throw unavailable();
    case 'throttle':
      throw throttlingError(call.service);
    case 'lost':
    case 'timeout':
    case 'kill':
      return await actUnheard(effect, call);
    case 'late':
      return await actLate(effect, call);
    case 'reorder':
      return putOff(effect, call, random() * fault.durationMs);
    case 'duplicate':
      await call.run();
      return await call.run();
    case 'stale':
      return await actAsEarlier(earlier, call);
    case 'partial':
      return await actChanged(call, (content) => partialAnswer(content, random));
    case 'garbage':
      return await actChanged(call, (content) => garbageAnswer(content, random));
  }
}

async function actAsEarlier(earlier: EarlierCall | undefined, call: StruckCall): Promise<unknown> {
  if (isDelivery(call.service, call.operation)) return await call.run(withContentOf(earlier?.input, call.input));
  await call.run();
  return earlier?.answer;
}

/** Changes the payload of a delivery, or the answer of any other call. */
async function actChanged(call: StruckCall, change: (content: unknown) => unknown): Promise<unknown> {
  if (isDelivery(call.service, call.operation)) return await call.run(changedDelivery(call.input, change));
  return change(await call.run());
}

/** What was asked is done, but the one who asked never hears of it. */
async function actUnheard({ fault, clock }: Effect, call: StruckCall): Promise<unknown> {
  const output = await call.run();
  const fate = fateOf(call);
  if (!fate) {
    if (fault.kind === 'timeout' && !clock.isVirtual) await after(clock, SOCKET_PATIENCE_MS);
    throw unavailable();
  }
  if (fault.kind === 'timeout') fate.delayMs = Number.POSITIVE_INFINITY;
  else fate.end = fault.kind === 'kill' ? 'kills' : 'is cut off';
  return output;
}

async function actLate(effect: Effect, call: StruckCall): Promise<unknown> {
  const fate = fateOf(call);
  const { durationMs } = effect.fault;
  if (isDelivery(call.service, call.operation) && !fate) return putOff(effect, call, durationMs);
  const output = await call.run();
  if (fate) fate.delayMs += durationMs;
  // In virtual time nothing moves while a service of the cloud waits: it then answers at once.
  else if (!effect.clock.isVirtual) await after(effect.clock, durationMs);
  return output;
}

/** Accepts the call now and carries it out later; later errors have no caller to report to. */
function putOff({ clock }: Effect, call: StruckCall, delayMs: number): unknown {
  clock.after(delayMs, async () => {
    await call.run().catch(() => undefined);
  });
  return acceptance(call);
}

/** What a delivery is answered with before anything has become of it. */
function acceptance({ operation, input }: StruckCall): unknown {
  if (operation === 'Invoke') return { StatusCode: 202 };
  const { Entries = [], MessageBody = '' } = input as { Entries?: readonly unknown[]; MessageBody?: string };
  if (operation !== 'PutEvents') {
    // SQS's client compares the answer with its request.
    const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
    return { MessageId: '00000000-0000-4000-8000-000000000000', MD5OfMessageBody };
  }
  return { FailedEntryCount: 0, Entries: Entries.map((_, index) => ({ EventId: `put-off-${index}` })) };
}

/** Only the answer to a function itself has a fate: a service's own calls on the way to it have none. */
function fateOf({ caller }: StruckCall): AnswerFate | undefined {
  return caller.kind === 'function' ? answerFate.getStore() : undefined;
}

const unavailable = () => new AwsError('ServiceUnavailable', 'The service is unavailable.', { status: 503 });

const after = (clock: Clock, delayMs: number) => new Promise<void>((resolve) => clock.after(delayMs, resolve));

export const strike = { applies, perform };

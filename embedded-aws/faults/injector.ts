import type { Caller, EmbeddedAws, Interceptor } from '../kernel/aws.ts';
import { isDelivery } from './deliveries.ts';
import { EarlierCalls } from './earlier-calls.ts';
import { type Effect, strike } from './effects.ts';
import type { Fault } from './fault.ts';
import { type KnownOperations, operationPattern } from './parse-fault.ts';

interface ArmedFault {
  readonly fault: Fault;
  readonly operations: RegExp;
  /** `Infinity` until it is started. */
  startMs: number;
  /** Calls that the fault may repeat; dropped when the fault is over. */
  earlier: EarlierCalls | undefined;
  struck: number;
}

/** How much older than the fault a stale answer may be, so that a run of days does not store every call. */
const REMEMBERED_MS = 3_600_000;

/** How often a fault struck. */
export interface StruckFault {
  readonly fault: Fault;
  readonly struck: number;
}

/** The operations that an embedded AWS has: what a fault may name. */
export function knownOperations(aws: EmbeddedAws): KnownOperations {
  return new Map([...aws.installed].map(([name, { operations }]) => [name, Object.keys(operations)]));
}

/**
 * Makes calls of the embedded AWS go wrong as faults say. What a fault's times are counted from is the instant it was
 * added. Of several that fit a call the first one strikes. Same seed, same strikes.
 */
export class FaultInjector {
  private readonly aws: EmbeddedAws;
  private armed: ArmedFault[] = [];

  constructor(aws: EmbeddedAws) {
    this.aws = aws;
  }

  add(...faults: readonly Fault[]): void {
    this.watch(...faults);
    this.start();
  }

  /** As `add`, but their time begins with the next `start`: until then they only see what they may have to repeat. */
  watch(...faults: readonly Fault[]): void {
    const startMs = Number.POSITIVE_INFINITY;
    for (const fault of faults) {
      const earlier = fault.kind === 'stale' ? new EarlierCalls() : undefined;
      this.armed.push({ fault, operations: operationPattern(fault.operation), startMs, earlier, struck: 0 });
    }
  }

  start(): void {
    for (const armed of this.armed) armed.startMs = Math.min(armed.startMs, this.aws.clock.now());
  }

  /** From now on everything goes as it should. */
  clear(): void {
    this.armed = [];
  }

  get struck(): readonly StruckFault[] {
    return this.armed.map(({ fault, struck }) => ({ fault, struck }));
  }

  /** For the door of the embedded AWS. */
  readonly intercept: Interceptor = async (service, operation, input, run, caller) => {
    const nowMs = this.aws.clock.now();
    for (const one of this.armed) if (isOver(one, nowMs)) one.earlier = undefined;
    const live = this.armed.filter((one) => isLive(one, nowMs));
    if (live.length === 0) return await run();
    const call = { service, operation, input, caller, run };
    const fitting = live.filter((one) => fits(one, service, operation, input, caller));
    const armed = fitting.find((one) => this.isDue(one, nowMs));
    const effect: Effect | undefined = armed && {
      fault: armed.fault,
      random: this.aws.random(`faults/${armed.fault.text}`),
      clock: this.aws.clock,
      earlier: armed.earlier?.of(call),
    };
    if (armed && effect && strike.applies(effect, call)) {
      armed.struck++;
      return await strike.perform(effect, call);
    }
    const output = await run();
    for (const { earlier } of fitting) earlier?.keep(call, output);
    return output;
  };

  private isDue({ fault, startMs }: ArmedFault, nowMs: number): boolean {
    if (nowMs - startMs < fault.fromMs) return false;
    return fault.share === 1 || this.aws.random(`faults/${fault.text}/share`)() < fault.share;
  }
}

/** Whether the fault may strike now or must record calls; a run of days has hundreds of other faults. */
function isLive(one: ArmedFault, nowMs: number): boolean {
  if (isOver(one, nowMs)) return false;
  const untilMs = one.startMs + one.fault.fromMs - nowMs;
  if (untilMs <= 0) return true;
  // Before the injector is started, the times of faults are undefined.
  return one.earlier !== undefined && (untilMs <= REMEMBERED_MS || one.startMs === Number.POSITIVE_INFINITY);
}

function isOver({ fault, startMs, struck }: ArmedFault, nowMs: number): boolean {
  return nowMs - startMs >= fault.toMs || struck >= fault.count;
}

function fits({ fault, operations }: ArmedFault, service: string, operation: string, input: unknown, caller: Caller) {
  if (service !== fault.service || !operations.test(operation) || !isMeant(fault.who, caller)) return false;
  // Only deliveries can be postponed: a fault on all operations of a service does not affect the others.
  if (fault.kind === 'reorder' && !isDelivery(service, operation)) return false;
  return fault.containing === undefined || textOf(input).includes(fault.containing);
}

/** A call's input without its payload: a payload of a hundred kilobytes is not searched for a name. */
const textOf = (input: unknown): string => JSON.stringify({ ...(input as object), Payload: undefined });

/** Faults strike the developer and a deployment only if they are named, because neither is part of the rehearsal. */
function isMeant(who: string | undefined, caller: Caller): boolean {
  const names = namesOf(caller);
  if (who === undefined) return !names.includes('developer') && !names.includes('cloudformation');
  return names.some((name) => name === who || name.endsWith(`-${who}`));
}

/** `tidegate-dev-control`; `events` and the name of the rule, the log group or the alarm it acts for. */
function namesOf(caller: Caller): string[] {
  if (caller.kind === 'developer') return ['developer'];
  if (caller.kind === 'function') return [caller.functionName];
  const source = caller.sourceArn.replace(/:\*$/, '').split(/[:/]/).at(-1) ?? '';
  return [caller.principal.split('.')[0] ?? '', source];
}

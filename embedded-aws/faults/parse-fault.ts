import { DELIVERIES, isDelivery } from './deliveries.ts';
import { FAULT_KINDS, type Fault, type FaultKind } from './fault.ts';

/** A fault is invalid; the message gives the place, the expected and found text, and the fix. */
export class FaultSpecError extends Error {
  override readonly name = 'FaultSpecError';
}

/** The operations of each service. */
export type KnownOperations = ReadonlyMap<string, readonly string[]>;

/** Names that people know a service by. */
const ALIASES: Readonly<Record<string, string>> = { cloudwatch: 'monitoring', eventbridge: 'events' };
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DEFAULT_DURATION_MS: Readonly<Partial<Record<FaultKind, number>>> = { late: 5000, reorder: 30_000 };

const FORM =
  /^(?:(?<who>[\w-]+)\/)?(?<service>[\w-]+)\.(?<operation>[\w*]+)(?:\[(?<containing>[^\]]+)\])?:(?<kind>[a-z]+)(?:\((?<duration>[^)]*)\))?(?<rest>.*)$/;
const REST = /^(?:\*(?<count>\d+))?(?:%(?<share>[\d.]+))?(?:@(?<from>[^.]+?)(?:\.\.(?<to>.*))?)?$/;
export const FAULT_FORM = '[WHO/]SERVICE.OPERATION[[TEXT]]:KIND[(TIME)][*COUNT][%PERCENT][@FROM[..TO]]';
const EXAMPLE = 'ssm.GetParametersByPath:throttle*3@120s..180s';

/**
 * Reads one fault: `ssm.GetParametersByPath:throttle*3@120s..180s`.
 * @param known when given, service and operation must be among them
 * @throws FaultSpecError
 */
export function parseFault(text: string, known?: KnownOperations): Fault {
  const head = FORM.exec(text)?.groups;
  const rest = head && REST.exec(head.rest ?? '')?.groups;
  if (!head || !rest) throw problem(text, `is not of the form ${FAULT_FORM}. For example: ${EXAMPLE}`);
  const kind = kindOf(text, head.kind ?? '');
  const service = ALIASES[head.service ?? ''] ?? head.service ?? '';
  const operation = head.operation ?? '';
  if (known) checkNames(text, service, operation, known);
  if (kind === 'reorder' && !isDelivery(service, operation)) {
    throw problem(text, `only deliveries can be reordered: ${DELIVERIES.join(', ')}.`);
  }
  return {
    text,
    ...(head.who !== undefined && { who: head.who }),
    service,
    operation,
    ...(head.containing !== undefined && { containing: head.containing }),
    kind,
    durationMs: durationOf(text, kind, head.duration),
    count: rest.count === undefined ? Number.POSITIVE_INFINITY : atLeastOne(text, rest.count),
    share: rest.share === undefined ? 1 : shareOf(text, rest.share),
    ...spanOf(text, rest),
  };
}

function kindOf(text: string, name: string): FaultKind {
  if (Object.hasOwn(FAULT_KINDS, name)) return name as FaultKind;
  throw problem(text, `there is no fault "${name}". Known: ${Object.keys(FAULT_KINDS).join(', ')}.`);
}

function checkNames(text: string, service: string, operation: string, known: KnownOperations): void {
  const operations = known.get(service);
  if (!operations) {
    throw problem(text, `there is no service "${service}". Known: ${[...known.keys()].sort().join(', ')}.`);
  }
  const pattern = operationPattern(operation);
  if (operations.some((name) => pattern.test(name))) return;
  throw problem(text, `${service} has no operation "${operation}". Known: ${[...operations].sort().join(', ')}.`);
}

/** `Get*` fits every operation that begins so. */
export const operationPattern = (operation: string): RegExp => new RegExp(`^${operation.replaceAll('*', '.*')}$`);

type Groups = Readonly<Record<string, string | undefined>>;

function spanOf(text: string, { from, to }: Groups): Pick<Fault, 'fromMs' | 'toMs'> {
  const fromMs = from === undefined ? 0 : timeOf(text, from);
  const toMs = to ? timeOf(text, to) : Number.POSITIVE_INFINITY;
  if (toMs > fromMs) return { fromMs, toMs };
  throw problem(text, `"@${from}..${to}" ends before it begins. Put the earlier time first.`);
}

function durationOf(text: string, kind: FaultKind, given: string | undefined): number {
  const initialMs = DEFAULT_DURATION_MS[kind];
  if (given === undefined) return initialMs ?? 0;
  if (initialMs === undefined) throw problem(text, `"${kind}" takes no time in brackets; leave "(${given})" out.`);
  return timeOf(text, given);
}

function timeOf(text: string, given: string): number {
  const { number, unit } = /^(?<number>\d+(?:\.\d+)?)(?<unit>ms|s|m|h)$/.exec(given)?.groups ?? {};
  const unitMs = MILLISECONDS[unit ?? ''];
  if (unitMs !== undefined) return Number(number) * unitMs;
  throw problem(text, `expected a time, found "${given}". Write a number and a unit: 500ms, 120s, 5m or 1h.`);
}

function atLeastOne(text: string, given: string): number {
  if (Number(given) >= 1) return Number(given);
  throw problem(text, `expected a number of calls of at least 1, found "*${given}". Leave it out for all of them.`);
}

function shareOf(text: string, given: string): number {
  const percent = Number(given);
  if (percent > 0 && percent <= 100) return percent / 100;
  throw problem(text, `expected a share above 0 and up to 100 per cent, found "%${given}".`);
}

const problem = (text: string, what: string): FaultSpecError => new FaultSpecError(`Fault "${text}": ${what}`);

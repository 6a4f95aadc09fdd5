import type { Dependency } from './fault-dependencies.ts';
import { DEPENDENCIES } from './fault-dependencies.ts';

/** What goes wrong, in the words of the matrix. */
export const KINDS = [
  'error',
  'throttled',
  'timeout after acting',
  'stale',
  'partial',
  'garbage',
  'duplicated',
  'reordered',
  'down for an hour',
] as const;
export type Kind = (typeof KINDS)[number];

/** What the loop is doing when it goes wrong. */
export const PHASES = ['calm', 'tightening', 'relaxing'] as const;
export type Phase = (typeof PHASES)[number];

export interface Cell {
  readonly dependency: string;
  readonly kind: Kind;
  readonly phase: Phase;
  /** The faults, without their times: `ssm.Get*:throttle`. */
  readonly faults: readonly string[];
}

/** A combination that makes no sense. */
export interface Omission {
  readonly dependency: string;
  readonly kind: Kind;
  readonly phase: Phase;
  readonly why: string;
}

const SPELLED: Readonly<Record<Kind, string>> = {
  error: 'error',
  throttled: 'throttle',
  'timeout after acting': 'timeout',
  stale: 'stale',
  partial: 'partial',
  garbage: 'garbage',
  duplicated: 'duplicate',
  reordered: 'reorder(60s)',
  'down for an hour': 'down',
};

/** How often a function dies at a call: often enough to die at every step of its work in turn. */
const DEATHS = 'kill%15';

/** The answer comes, and is wrong: what was true cannot be told from it. */
export const isContent = (kind: Kind): boolean => kind === 'stale' || kind === 'partial' || kind === 'garbage';

/** Why a combination is left out; undefined when it makes sense. */
export function whyLeftOut(
  { role, isIdleInCalm, isTaken, run }: Dependency,
  kind: Kind,
  phase: Phase,
): string | undefined {
  if (phase === 'calm' && isIdleInCalm) return 'nobody calls it while no limit moves';
  if (role === 'record' && isContent(kind)) return 'nothing of its answer is used but that it came';
  if (role === 'function' && isContent(kind))
    return 'what a function is given wrongly is the fault of whoever gives it';
  if (role === 'function' && run === undefined && kind !== 'timeout after acting')
    return 'its queue runs it: that is the row of SQS polls';
  if (isTaken && kind === 'stale') return 'a message that comes again is the row of SQS, duplicated';
  if (role === 'read' && kind === 'duplicated') return 'to ask twice changes nothing';
  if (role !== 'delivery' && kind === 'reordered' && role !== 'function')
    return 'an answer comes to the call that waits for it: there is no order';
  return undefined;
}

export function cellsOf(dependencies: readonly Dependency[] = DEPENDENCIES): { cells: Cell[]; omissions: Omission[] } {
  const cells: Cell[] = [];
  const omissions: Omission[] = [];
  for (const dependency of dependencies) {
    for (const kind of KINDS) {
      for (const phase of PHASES) {
        const place = { dependency: dependency.name, kind, phase };
        const why = whyLeftOut(dependency, kind, phase);
        if (why === undefined) cells.push({ ...place, faults: faultsOf(dependency, kind) });
        else omissions.push({ ...place, why });
      }
    }
  }
  return { cells, omissions };
}

function faultsOf({ role, calls, run = '' }: Dependency, kind: Kind): string[] {
  if (role !== 'function') return calls.map((call) => `${call}:${SPELLED[kind]}`);
  return kind === 'timeout after acting' ? calls.map((call) => `${call}:${DEATHS}`) : [`${run}:${SPELLED[kind]}`];
}

import type { Limit } from '../shared/limits/limit.ts';
import { parseApiStage } from '../shared/platform/api-stage.ts';
import { describeError } from '../shared/platform/errors.ts';
import type { EpochMs } from '../shared/platform/units.ts';
import { readDocument } from '../shared/policy/document.ts';
import { valueAt } from '../shared/policy/problems.ts';
import type { Override } from '../shared/policy/schema/override-schema.ts';
import { type Decision, readDecisions } from '../shared/state/decisions.ts';
import { type GovernedName, readGoverned } from '../shared/state/governed-names.ts';
import type { Table } from '../shared/state/items/table.ts';
import { type Known, reportOf } from './known.ts';
import { lowerStageCommand } from './lower-stage-command.ts';
import { type OverrideOutcome, outcomeOf, type StoredOverride } from './override-outcome.ts';
import { NotDoneError, type Surroundings, type Target } from './target.ts';
import { decisionWords } from './words.ts';

const POLL_MS = 500;
/** Control needs a second or two; after this time the operator is told that the override is not in force yet. */
const PATIENCE_MS = 10_000;
/** A scheduled tick runs within this time. */
const LONGEST_MS = 60_000;
/** How far control's clock may be behind Parameter Store's. */
const CLOCK_SKEW_MS = 60_000;

/** Where control's decisions about an override are found. */
interface Place {
  readonly known: Known;
  readonly target: Target;
}

/** A stored override with the facts known when it was stored. */
export interface AwaitedOverride extends StoredOverride, Place {
  /** The decisions recorded before that, each as JSON: none of them is about this override. */
  readonly earlier: ReadonlySet<string>;
  /** When the override was stored, by Parameter Store's clock if readable. */
  readonly putMs: EpochMs;
}

interface Look {
  readonly outcome: OverrideOutcome;
  /** Why the decisions could not be read. */
  readonly trouble?: string;
}

/**
 * Waits for the decision that carries an override out, and prints it.
 * @throws NotDoneError if no such decision comes within a minute, or can come at all; the override stays stored
 */
export async function awaitDecision(stored: AwaitedOverride, surroundings: Surroundings): Promise<void> {
  const { now, sleep } = surroundings;
  const startMs = now();
  for (let isWarned = false; ; await sleep(POLL_MS)) {
    const { outcome, trouble } = await look(stored, surroundings);
    if (outcome.kind === 'carried-out') return decisionWords(outcome.decision).forEach(surroundings.say);
    if (outcome.kind === 'lost')
      throw new NotDoneError(`The ${stored.override.action} is not in force. ${outcome.why}`);
    const why = trouble ?? reasonOf(outcome.seen);
    const waitedMs = now() - startMs;
    if (waitedMs >= LONGEST_MS) throw new NotDoneError(timeoutMessage(stored, why));
    if (isWarned || waitedMs < PATIENCE_MS) continue;
    isWarned = true;
    stillWaitingLines(stored, why, await lastDecision(stored, surroundings)).forEach(surroundings.complain);
  }
}

/**
 * The decisions recorded up to now, each as JSON. When a parameter is deleted, its versions begin again at 1, so that an
 * older decision may name the version of a new override.
 * @returns none if they cannot be read: that must not prevent an override
 */
export async function earlierDecisions(
  place: Place,
  surroundings: Surroundings,
  nowMs: EpochMs,
): Promise<ReadonlySet<string>> {
  try {
    const decisions = await decisionsOf(place, surroundings, nowMs - 2 * CLOCK_SKEW_MS);
    return new Set(decisions.map((each) => JSON.stringify(each)));
  } catch {
    return new Set();
  }
}

async function look(stored: AwaitedOverride, surroundings: Surroundings): Promise<Look> {
  try {
    const decisions = await decisionsOf(stored, surroundings, stored.putMs - CLOCK_SKEW_MS);
    const later = decisions.filter((each) => !stored.earlier.has(JSON.stringify(each)));
    return { outcome: outcomeOf(stored, later) };
  } catch (error) {
    const trouble = `The decisions cannot be read: ${describeError(error)}`;
    return { outcome: { kind: 'pending', seen: undefined }, trouble };
  }
}

async function decisionsOf({ known, target }: Place, surroundings: Surroundings, fromMs: EpochMs): Promise<Decision[]> {
  const table: Table = { client: surroundings.dynamoDb(target.region), name: target.stateTable };
  const said = reportOf(known, target) ?? (await readOwnName(table, target));
  const api = parseApiStage(said?.governs?.api ?? '');
  return api ? await readDecisions(table, api, fromMs) : [];
}

/** Reads control's report again, because a control that runs for the first time writes it only then. */
async function readOwnName(table: Table, target: Target): Promise<GovernedName | undefined> {
  return reportOf({ governed: await readGoverned(table), policies: undefined }, target);
}

/** The last decision about limits before the override, for the stage's methods. */
async function lastDecision(stored: AwaitedOverride, surroundings: Surroundings): Promise<Decision | undefined> {
  try {
    const decisions = await decisionsOf(stored, surroundings, stored.putMs - 10 * LONGEST_MS);
    return decisions.findLast(({ before, rule }) => before && !rule.startsWith('drift-'));
  } catch {
    return undefined;
  }
}

function reasonOf(seen: Decision | undefined): string {
  return seen
    ? `Control has read the override and decided ${seen.kind} (${seen.rule}), stage ${seen.stageOutcome}: ${seen.reason}`
    : 'Control has made no decision about the override yet.';
}

function stillWaitingLines(
  { override, parameter, version, known, target }: AwaitedOverride,
  why: string,
  last: Decision | undefined,
) {
  const own = reportOf(known, target);
  const document = readDocument(known.policies?.find(({ name }) => name === target.policy)?.value ?? '');
  const api = parseApiStage(own?.governs?.api ?? (document.ok ? String(valueAt(document.value, ['api'])) : ''));
  const most = limitByHand(override) ?? own?.governs?.floor;
  return [
    `The ${override.action} is stored (${parameter} version ${version}) but not carried out after 10 s. ${why}`,
    'The command waits for one minute in all. To lower the stage by hand meanwhile:',
    api && most
      ? `  ${lowerStageCommand({ api, region: target.region, live: last?.before?.stage, most })}`
      : '  use aws apigateway update-stage as in docs/operations.md, "Control is dead"',
  ];
}

function limitByHand(override: Override): Limit | undefined {
  if (override.action === 'kill') return override.floor;
  return override.action === 'pin' ? override.stage : undefined;
}

function timeoutMessage({ override, version }: AwaitedOverride, why: string): string {
  return (
    `The ${override.action} was not carried out within 60 s. ${why}\nVersion ${version} stays stored, and control carries ` +
    'the override out as soon as possible. What to do until then: docs/operations.md, "Control is dead".'
  );
}

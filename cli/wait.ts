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
import { handBrake } from './by-hand.ts';
import { type Fate, fateOf, type Order } from './carried-out.ts';
import { type Known, ownName } from './known.ts';
import { NotDone, type Surroundings, type Target } from './target.ts';
import { decisionWords } from './words.ts';

const POLL_MS = 500;
/** Control needs a second or two; whoever brakes must not believe for longer that it was done. */
const PATIENCE_MS = 10_000;
/** A scheduled tick comes within this. */
const LONGEST_MS = 60_000;
/** Control's clock may be so much behind Parameter Store's. */
const CLOCK_SKEW_MS = 60_000;
/** Later than any decision. */
const END_OF_TIME_MS = 999_999_999_999_999;

/** An order that was stored, and what was known when it was. */
export interface Stored extends Order {
  readonly known: Known;
  readonly target: Target;
  /** When it was put, by Parameter Store's clock where it can be read. */
  readonly putMs: EpochMs;
}

interface Look {
  readonly fate: Fate;
  /** Why nothing could be seen. */
  readonly trouble?: string;
}

/**
 * Waits for the decision that carries an override out, and shows it.
 * @throws NotDone when none came in a minute, or none can come any more; the override stays stored
 */
export async function awaitDecision(stored: Stored, surroundings: Surroundings): Promise<void> {
  const { now, sleep } = surroundings;
  const startMs = now();
  for (let isTold = false; ; await sleep(POLL_MS)) {
    const { fate, trouble } = await look(stored, surroundings);
    if (fate.kind === 'carried-out') return decisionWords(fate.decision).forEach(surroundings.say);
    if (fate.kind === 'lost') throw new NotDone(`The ${stored.override.action} is not in force. ${fate.why}`);
    const why = trouble ?? reasonOf(fate.seen);
    const waitedMs = now() - startMs;
    if (waitedMs >= LONGEST_MS) throw new NotDone(givingUp(stored, why));
    if (isTold || waitedMs < PATIENCE_MS) continue;
    isTold = true;
    impatience(stored, why, await lastDecision(stored, surroundings)).forEach(surroundings.complain);
  }
}

async function look(stored: Stored, surroundings: Surroundings): Promise<Look> {
  try {
    return { fate: fateOf(stored, await decisionsOf(stored, surroundings, stored.putMs - CLOCK_SKEW_MS)) };
  } catch (error) {
    const trouble = `The decisions cannot be read: ${describeError(error)}`;
    return { fate: { kind: 'pending', seen: undefined }, trouble };
  }
}

async function decisionsOf(stored: Stored, surroundings: Surroundings, fromMs: EpochMs): Promise<Decision[]> {
  const { known, target } = stored;
  const table: Table = { client: surroundings.dynamoDb(target.region), name: target.stateTable };
  const said = ownName(known, target) ?? (await nowSaid(table, target));
  const api = parseApiStage(said?.governs?.api ?? '');
  return api ? await readDecisions(table, api, fromMs, END_OF_TIME_MS) : [];
}

/** A control that runs for the first time says only then what it governs. */
async function nowSaid(table: Table, target: Target): Promise<GovernedName | undefined> {
  return ownName({ governed: await readGoverned(table), policies: undefined }, target);
}

/** The last decision about limits before the order, for the methods that the stage has. */
async function lastDecision(stored: Stored, surroundings: Surroundings): Promise<Decision | undefined> {
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

function impatience({ override, parameter, version, known, target }: Stored, why: string, last: Decision | undefined) {
  const own = ownName(known, target);
  const document = readDocument(known.policies?.find(({ name }) => name === target.policy)?.value ?? '');
  const api = parseApiStage(own?.governs?.api ?? (document.ok ? String(valueAt(document.value, ['api'])) : ''));
  const most = handLimit(override) ?? own?.governs?.floor;
  return [
    `The ${override.action} is stored (${parameter} version ${version}) but not carried out after 10 s. ${why}`,
    'The command waits for one minute in all. To lower the stage by hand meanwhile:',
    api && most
      ? `  ${handBrake({ api, region: target.region, live: last?.before?.stage, most })}`
      : '  use aws apigateway update-stage as in docs/operations.md, "Control is dead"',
  ];
}

function handLimit(override: Override): Limit | undefined {
  if (override.action === 'kill') return override.floor;
  return override.action === 'pin' ? override.stage : undefined;
}

function givingUp({ override, version }: Stored, why: string): string {
  return (
    `The ${override.action} was not carried out within 60 s. ${why}\nVersion ${version} stays stored, and control carries ` +
    'the override out as soon as possible. What to do until then: docs/operations.md, "Control is dead".'
  );
}

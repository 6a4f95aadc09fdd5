import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { DeployedService } from '../../../rehearsal/run/deployed-stack.ts';
import type { ApiStage } from '../../../shared/platform/api-stage.ts';
import type { EpochMs } from '../../../shared/platform/units.ts';
import { parsePolicy } from '../../../shared/policy/parse.ts';
import { parseOverride } from '../../../shared/policy/parse-override.ts';
import { readControlRecord } from '../../../shared/state/control-record.ts';
import { type Desired, readAllDesired, readDesired } from '../../../shared/state/desired.ts';
import { readGoverned } from '../../../shared/state/governed-names.ts';
import { lawStateOf, UnusableState } from '../../../shared/state/items/law-state.ts';
import type { Table } from '../../../shared/state/items/table.ts';
import { readDirectory } from '../../../shared/state/key-directory.ts';
import { type KnownGood, readKnownGood, readKnownSwitch } from '../../../shared/state/known-documents.ts';
import { type LastPolicy, readLastPolicy } from '../../../shared/state/last-policy.ts';
import { readPlanLease } from '../../../shared/state/plan-lease.ts';
import { readWindowParts } from '../../../shared/state/window-store.ts';
import type { Item } from '../../overlap/cloud-snapshot.ts';
import { textOf } from './item.ts';

/** A text that does not fit into an item twice. */
const LARGE = 100_000;
const REACH_MS = 600_000;
const PLAN_INTERVAL_MS = 21_000;

/** What all of our readers together make of a table: two tables that read alike, nobody can tell apart. */
export async function readingOf(
  items: readonly Item[],
  { apiId, stageName }: Pick<DeployedService, 'apiId' | 'stageName'>,
  now: EpochMs,
): Promise<string> {
  const refused = new Set<string>();
  const table: Table = {
    ...tableOf(items),
    clock: { now: () => now },
    report: ({ key: { pk, sk } }) => void refused.add(`${pk} ${sk}`),
  };
  const api = { apiId, stage: stageName };
  const readers: readonly (() => Promise<unknown>)[] = [
    () => readRecord(table, api, now),
    async () => lookedAt(await readDesired(table, api)),
    async () => (await readAllDesired(table)).map(({ api: of, desired }) => [of, lookedAt(desired)]),
    () => readPlanLease(table, PLAN_INTERVAL_MS),
    async () => knownRead(await readKnownGood(table, 'POLICY'), parsePolicy),
    async () => knownRead(await readKnownGood(table, 'OVERRIDE'), parseOverride),
    () => readKnownSwitch(table),
    () => readGoverned(table),
    async () => goneRead(await readLastPolicy(table, api)),
    () => readDirectory(table, api),
    () => readWindowParts(table, api, now - REACH_MS, now),
  ];
  const readings: unknown[] = [];
  for (const read of readers) readings.push(await read().catch((error: unknown) => `thrown: ${String(error)}`));
  return JSON.stringify([...refused, ...readings], (_, value: unknown) => (value instanceof Map ? [...value] : value));
}

/** What control remembers, and whether its law can go on from there. */
async function readRecord(table: Table, api: ApiStage, now: EpochMs): Promise<unknown> {
  const record = await readControlRecord(table, api);
  try {
    lawStateOf(record.law?.state, now);
    return record;
  } catch (error) {
    if (!(error instanceof UnusableState)) throw error;
    return { ...record, law: { ...record.law, state: 'unusable' } };
  }
}

/** The decision under way is copied into its record; only this of it is looked at. */
function lookedAt(desired: Desired | undefined): unknown {
  if (!desired?.decision) return desired;
  const { id, decision } = desired.decision;
  const { atMs, api, trigger, kind, verdict, rule, reason, mode } = decision;
  const isLarge = JSON.stringify(decision).length > LARGE;
  return { ...desired, decision: { id, isLarge, atMs, api, trigger, kind, verdict, rule, reason, mode } };
}

type Parse = (text: string) => { readonly ok: boolean };

/** A document by what its parser makes of it. */
function outcomeOf(parse: Parse, text: string): unknown {
  const outcome = parse(text);
  return outcome.ok ? outcome : 'refused';
}

const goneRead = (last: LastPolicy | undefined): unknown =>
  last && { ...last, document: outcomeOf(parsePolicy, last.document) };

function knownRead(known: ReadonlyMap<string, KnownGood>, parse: Parse): unknown {
  return [...known.values()].map(({ baking, document, ...rest }) => {
    const before = baking && { ...baking.before, document: outcomeOf(parse, baking.before.document) };
    return { ...rest, document: outcomeOf(parse, document), baking: baking && { ...baking, before } };
  });
}

interface Request {
  readonly Key?: Item;
  readonly ExpressionAttributeValues?: Item;
}

/** A table that can only be read, with no cloud behind it. */
function tableOf(items: readonly Item[]): Table {
  const send = async (command: unknown) => {
    const { Key, ExpressionAttributeValues } = (command as { input: Request }).input;
    if (command instanceof GetItemCommand)
      return {
        Item: items.find(
          (item) => textOf(item, 'pk') === textOf(Key ?? {}, 'pk') && textOf(item, 'sk') === textOf(Key ?? {}, 'sk'),
        ),
      };
    if (command instanceof QueryCommand) return { Items: queried(items, ExpressionAttributeValues ?? {}) };
    throw new Error('A reader may only read.');
  };
  return { client: { send } as unknown as DynamoDBClient, name: 'state' };
}

function queried(items: readonly Item[], values: Item): Item[] {
  const [pk, from, to] = [textOf(values, ':pk'), textOf(values, ':from'), textOf(values, ':to')];
  const found = items.filter(
    (item) => textOf(item, 'pk') === pk && (to === '' || (textOf(item, 'sk') >= from && textOf(item, 'sk') <= to)),
  );
  return found.sort((a, b) => (textOf(a, 'sk') < textOf(b, 'sk') ? -1 : 1));
}

import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS, isPlausible } from './items/ceilings.ts';
import { type Attributes, getItem, type Key, numberOf, putItem, type Table, textOf } from './items/table.ts';

/** When control looked last because something happened, and the look that is to come for what has happened since. */
interface Looks {
  readonly atMs: EpochMs;
  /** 0: none is to come. */
  readonly dueMs: EpochMs;
  /** The strongest trigger that the look to come stands for. */
  readonly trigger: string;
}

/** Why somebody wants a look, and how long after the last one it may come at the earliest. */
export interface Wish {
  readonly trigger: string;
  /** The look may only tighten: a stronger trigger takes its place. */
  readonly isWeak: boolean;
  readonly intervalMs: number;
}

/**
 * `now`: the caller looks, for this trigger. `later`: the caller is to see to it that somebody looks after so long.
 * `covered`: a look that is still to come, or has just begun, sees what the caller would.
 */
export type Turn =
  | { readonly kind: 'now'; readonly trigger: string }
  | { readonly kind: 'later'; readonly delayMs: number }
  | { readonly kind: 'covered' };

const NEVER: Looks = { atMs: 0, dueMs: 0, trigger: '' };
const COVERED: Turn = { kind: 'covered' };
/** Whoever is outrun looks again what is left to do. */
const MOST_ROUNDS = 3;
/** Clocks differ, and who comes this early was meant to come now. */
const EARLY_MS = 500;

const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: 'looks' });

/**
 * Whose turn it is to look. However many come within the interval, one of them sees to a single look when it is over, so
 * the last of them is never lost. Each costs a reading and at most one write.
 */
export async function takeTurn(table: Table, api: ApiStage, wish: Wish, now: EpochMs): Promise<Turn> {
  return await decideTurn(table, api, now, (looks) => turnOf(looks, wish, now));
}

/** The look that was put off, once its time has come; `covered` when another look has stood in for it. */
export async function takeTrailingTurn(table: Table, api: ApiStage, now: EpochMs): Promise<Turn> {
  return await decideTurn(table, api, now, ({ dueMs, trigger }) => {
    const isDue = dueMs > 0 && dueMs <= now + EARLY_MS;
    return isDue ? { turn: { kind: 'now', trigger }, next: { ...NEVER, atMs: now } } : { turn: COVERED };
  });
}

interface Choice {
  readonly turn: Turn;
  /** Absent: nothing changes. */
  readonly next?: Looks;
}

function turnOf({ atMs, dueMs, trigger }: Looks, wish: Wish, now: EpochMs): Choice {
  const isAwaited = dueMs > now;
  const strongest = isAwaited && wish.isWeak ? trigger : wish.trigger;
  const nextMs = atMs + wish.intervalMs;
  if (now >= nextMs) return { turn: { kind: 'now', trigger: strongest }, next: { ...NEVER, atMs: now } };
  if (isAwaited && dueMs <= nextMs) {
    return { turn: COVERED, ...(strongest !== trigger && { next: { atMs, dueMs, trigger: strongest } }) };
  }
  const next = { atMs, dueMs: nextMs, trigger: strongest };
  return { turn: { kind: 'later', delayMs: nextMs - now }, next };
}

async function decideTurn(table: Table, api: ApiStage, now: EpochMs, choose: (looks: Looks) => Choice): Promise<Turn> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const item = await getItem(table, keyOf(api));
    const looks = item && looksIn(item, now);
    if (item && !looks) reportDamage(table, api, item);
    const { turn, next } = choose(looks ?? NEVER);
    if (next === undefined || (await replace(table, api, { item, looks }, next))) return turn;
  }
  // Each who outran the caller has since then begun to look, or will.
  return COVERED;
}

function looksIn(item: Attributes, now: EpochMs): Looks | undefined {
  const [atMs, dueMs, trigger] = [numberOf(item, 'atMs'), numberOf(item, 'dueMs'), textOf(item, 'trigger')];
  if (atMs === undefined || dueMs === undefined || trigger === undefined) return undefined;
  const isSound = isPlausible(atMs, now, CEILING_MS.past) && isPlausible(dueMs, now, CEILING_MS.trailingLook);
  return isSound ? { atMs, dueMs, trigger } : undefined;
}

function reportDamage(table: Table, api: ApiStage, item: Attributes): void {
  table.report?.({ key: keyOf(api), why: 'it does not say when control looked', item, blank: { ...NEVER } });
}

interface Before {
  readonly item: Attributes | undefined;
  readonly looks: Looks | undefined;
}

/** What cannot be read holds nobody up: it is simply replaced. @returns false when somebody else was quicker */
async function replace(table: Table, api: ApiStage, { item, looks }: Before, next: Looks): Promise<boolean> {
  if (item === undefined) {
    const isAbsent = { condition: 'attribute_not_exists(#pk)', names: ['pk'], values: {} };
    return await putItem(table, keyOf(api), { ...next }, isAbsent);
  }
  if (looks === undefined) return await putItem(table, keyOf(api), { ...next });
  return await putItem(
    table,
    keyOf(api),
    { ...next },
    {
      condition: '#atMs = :atMs AND #dueMs = :dueMs AND #trigger = :trigger',
      names: ['atMs', 'dueMs', 'trigger'],
      values: { ...looks },
    },
  );
}

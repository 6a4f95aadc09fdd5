import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS, isPlausible } from './items/ceilings.ts';
import { type Attributes, getItem, type Key, numberOf, putItem, type Table, textOf } from './items/table.ts';

/** The last look caused by an event, and the postponed look for later events. */
interface Looks {
  readonly atMs: EpochMs;
  /** When the postponed look is due; 0 if there is none. */
  readonly dueMs: EpochMs;
  /** The strongest trigger among the events of the postponed look. */
  readonly trigger: string;
}

/** A request for a look: its trigger, and the minimum time since the last look. */
export interface Wish {
  readonly trigger: string;
  /** The look may only tighten limits; a stronger trigger replaces it. */
  readonly isWeak: boolean;
  readonly intervalMs: number;
}

/** A request for a look at an instant, instead of after an interval. */
interface LaterWish extends Omit<Wish, 'intervalMs'> {
  readonly dueMs: EpochMs;
}

/**
 * `now`: the caller looks, for this trigger. `later`: the caller schedules a look after `delayMs`. `covered`: a postponed
 * look, or one that has just begun, covers the caller's event.
 */
export type Turn =
  | { readonly kind: 'now'; readonly trigger: string }
  | { readonly kind: 'later'; readonly delayMs: number }
  | { readonly kind: 'covered' };

const NEVER: Looks = { atMs: 0, dueMs: 0, trigger: '' };
const COVERED: Turn = { kind: 'covered' };
/** How often a caller retries after another caller was faster. */
const MOST_ROUNDS = 3;
/** Tolerance for clocks: a message that arrives this early counts as due. */
const EARLY_MS = 500;

const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: 'looks' });

/**
 * Decides whether the caller may look now. Of all events within the interval, one schedules a single look for its end, so
 * that the last event is never lost. Each event costs one read and at most one write.
 */
export async function takeTurn(table: Table, api: ApiStage, wish: Wish, now: EpochMs): Promise<Turn> {
  return await decideTurn(table, api, now, (looks) => turnOf(looks, wish, now));
}

/**
 * Postpones a look until `dueMs`, at most `CEILING_MS.trailingLook` ahead. The caller schedules the look, unless a postponed
 * look that is due no later covers it.
 */
export async function postponeTurn(table: Table, api: ApiStage, wish: LaterWish, now: EpochMs): Promise<Turn> {
  return await decideTurn(table, api, now, (looks) => postponed(looks, wish, now));
}

/** Takes the postponed look when it is due; `covered` if another look has replaced it. */
export async function takeTrailingTurn(table: Table, api: ApiStage, now: EpochMs): Promise<Turn> {
  return await decideTurn(table, api, now, ({ dueMs, trigger }) => {
    const isDue = dueMs > 0 && dueMs <= now + EARLY_MS;
    return isDue ? { turn: { kind: 'now', trigger }, next: { ...NEVER, atMs: now } } : { turn: COVERED };
  });
}

interface Choice {
  readonly turn: Turn;
  /** Absent if nothing changes. */
  readonly next?: Looks;
}

function turnOf(looks: Looks, wish: Wish, now: EpochMs): Choice {
  const dueMs = looks.atMs + wish.intervalMs;
  if (now < dueMs) return postponed(looks, { ...wish, dueMs }, now);
  return { turn: { kind: 'now', trigger: strongestOf(looks, wish, now) }, next: { ...NEVER, atMs: now } };
}

function postponed(looks: Looks, wish: LaterWish, now: EpochMs): Choice {
  const trigger = strongestOf(looks, wish, now);
  if (looks.dueMs > now && looks.dueMs <= wish.dueMs)
    return { turn: COVERED, ...(trigger !== looks.trigger && { next: { ...looks, trigger } }) };
  const next = { atMs: looks.atMs, dueMs: wish.dueMs, trigger };
  return { turn: { kind: 'later', delayMs: wish.dueMs - now }, next };
}

/** The trigger of a look that stands for the postponed look as well. */
function strongestOf({ dueMs, trigger }: Looks, wish: Pick<Wish, 'trigger' | 'isWeak'>, now: EpochMs): string {
  return dueMs > now && wish.isWeak ? trigger : wish.trigger;
}

async function decideTurn(table: Table, api: ApiStage, now: EpochMs, choose: (looks: Looks) => Choice): Promise<Turn> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const item = await getItem(table, keyOf(api));
    const looks = item && looksIn(item, now);
    if (item && !looks) reportDamage(table, api, item);
    const { turn, next } = choose(looks ?? NEVER);
    if (next === undefined || (await replace(table, api, { item, looks }, next))) return turn;
  }
  // Every faster caller has begun a look since, or will begin one.
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

/** Replaces an unreadable item as well. @returns false if another caller was faster */
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

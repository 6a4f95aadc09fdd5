import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { type Key, numberOf, type Table, textOf, updateItem } from './table.ts';

/** The right to decide for one API. Every holder has a larger fencing number than all before it. */
export interface Lease {
  readonly api: ApiStage;
  readonly fence: number;
  /** Which look under this lease it is, from 2 on. */
  readonly look?: number;
}

/**
 * Longer than a tick may take (its function's timeout of 30 s), so that a living holder never loses it; shorter than a
 * minute, so that the lease of a dead one is free again at the next scheduled tick.
 */
export const LEASE_MS = 45_000;

const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: 'lease' });

/** What somebody who finds the lease taken leaves for its holder: why there is something to look at. */
export interface Word {
  readonly trigger: string;
  /** A weak one takes nobody's place: of several words the holder hears the last that is not weak. */
  readonly isWeak: boolean;
}

const SOMETHING: Word = { trigger: 'unknown', isWeak: true };

/**
 * Takes the lease of an API. Whoever finds it taken leaves word (`pending`) that there is something to look at.
 * @returns undefined when somebody else holds it; that holder will look once more.
 */
export async function takeLease(
  table: Table,
  api: ApiStage,
  now: EpochMs,
  word: Word = SOMETHING,
): Promise<Lease | undefined> {
  // The holder may let go between our two steps: then it is free, and the second round takes it.
  for (let round = 0; round < 2; round++) {
    const taken = await updateItem(table, keyOf(api), {
      update: 'SET #until = :until REMOVE #pending ADD #fence :one',
      condition: 'attribute_not_exists(#until) OR #until <= :now',
      names: ['until', 'pending', 'fence'],
      values: { until: now + LEASE_MS, one: 1, now },
    });
    if (taken) return { api, fence: numberOf(taken, 'fence') ?? 0 };
    const told = await updateItem(table, keyOf(api), {
      update: word.isWeak ? 'SET #pending = if_not_exists(#pending, :word)' : 'SET #pending = :word',
      condition: '#until > :now',
      names: ['until', 'pending'],
      values: { word: word.trigger, now },
    });
    if (told) return undefined;
  }
  return undefined;
}

/**
 * Takes back the word that was left since the last look; the lease lives on.
 * @returns the trigger that left it; undefined when nobody did
 */
export async function renewIfPending(table: Table, lease: Lease, now: EpochMs): Promise<string | undefined> {
  const renewed = await updateItem(table, keyOf(lease.api), {
    update: 'SET #until = :until, #heard = #pending REMOVE #pending',
    condition: '#fence = :fence AND attribute_exists(#pending)',
    names: ['until', 'pending', 'heard', 'fence'],
    values: { until: now + LEASE_MS, fence: lease.fence },
  });
  return renewed && (textOf(renewed, 'heard') ?? SOMETHING.trigger);
}

/**
 * Lets go of the lease. A word left since the last look keeps it, unless `evenIfPending`.
 * @returns false when the lease was kept because of such a word, or was no longer ours.
 */
export async function releaseLease(table: Table, lease: Lease, evenIfPending: boolean): Promise<boolean> {
  const released = await updateItem(table, keyOf(lease.api), {
    update: 'SET #until = :zero REMOVE #pending',
    condition: evenIfPending ? '#fence = :fence' : '#fence = :fence AND attribute_not_exists(#pending)',
    names: ['until', 'pending', 'fence'],
    values: { zero: 0, fence: lease.fence },
  });
  return released !== undefined;
}

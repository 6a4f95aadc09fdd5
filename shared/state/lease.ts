import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS, ceilingValues, isOver } from './items/ceilings.ts';
import type { Lease } from './items/held-lease.ts';
import { isFence, MOST_FENCE } from './items/stored.ts';
import { type Attributes, type Key, numberOf, type Table, textOf, updateItem } from './items/table.ts';

export type { Lease };

/**
 * Longer than a tick may take (its function's timeout of 30 s), so that a living holder never loses it; shorter than a
 * minute, so that the lease of a dead one is free again at the next scheduled tick.
 */
export const LEASE_MS = CEILING_MS.lease;

export const LEASE = 'lease';
const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: LEASE });

/** What somebody who finds the lease taken leaves for its holder: why there is something to look at. */
export interface Word {
  readonly trigger: string;
  /** A weak one takes nobody's place: of several words the holder hears the last that is not weak. */
  readonly isWeak: boolean;
}

const SOMETHING: Word = { trigger: 'unknown', isWeak: true };

/**
 * Takes the lease of an API. Whoever finds it taken leaves word (`pending`) that there is something to look at. A lease
 * that is said to last longer than any lease does is free.
 * @returns undefined when somebody else holds it; that holder will look once more.
 */
export async function takeLease(
  table: Table,
  api: ApiStage,
  now: EpochMs,
  word: Word = SOMETHING,
): Promise<Lease | undefined> {
  // The holder may let go between our steps: then it is free, and the second round takes it.
  for (let round = 0; round < 2; round++) {
    const taken = (await takeFree(table, api, now)) ?? (await takeDamaged(table, api, now));
    if (taken) return { api, fence: numberOf(taken, 'fence') ?? 0 };
    const told = await updateItem(table, keyOf(api), {
      update: word.isWeak ? 'SET #pending = if_not_exists(#pending, :word)' : 'SET #pending = :word',
      condition: `NOT ${isOver('until')}`,
      names: ['until', 'pending'],
      values: { word: word.trigger, now, ...ceilingValues(now, CEILING_MS.lease) },
    });
    if (told) return undefined;
  }
  return undefined;
}

const HAS_FENCE = 'attribute_type(#fence, :number) AND #fence BETWEEN :leastFence AND :mostFence';

async function takeFree(table: Table, api: ApiStage, now: EpochMs): Promise<Attributes | undefined> {
  return await updateItem(table, keyOf(api), {
    update: 'SET #until = :until REMOVE #pending ADD #fence :one',
    condition: `${isOver('until')} AND (attribute_not_exists(#fence) OR (${HAS_FENCE}))`,
    names: ['until', 'pending', 'fence'],
    values: {
      ...{ now, until: now + LEASE_MS, one: 1, leastFence: 0, mostFence: MOST_FENCE },
      ...ceilingValues(now, CEILING_MS.lease),
    },
  });
}

/** A fence that nothing can be added to starts anew at the present instant: that is above every count of looks. */
async function takeDamaged(table: Table, api: ApiStage, now: EpochMs): Promise<Attributes | undefined> {
  return await updateItem(table, keyOf(api), {
    update: 'SET #until = :until, #fence = :now REMOVE #pending',
    condition: `${isOver('until')} AND attribute_exists(#fence) AND NOT (${HAS_FENCE})`,
    names: ['until', 'pending', 'fence'],
    values: {
      now,
      until: now + LEASE_MS,
      leastFence: 0,
      mostFence: MOST_FENCE,
      ...ceilingValues(now, CEILING_MS.lease),
    },
  });
}

/** The highest fence of these items; 0 without any. */
export function highestFence(items: readonly Attributes[]): number {
  const fences = items.flatMap((item) => numberOf(item, 'fence') ?? []).filter(isFence);
  return Math.max(0, ...fences);
}

/**
 * Raises the fence of a lease that is held above one that is in the table: such a fence was never this lease's, but would
 * refuse whatever its holder writes.
 * @returns undefined when the lease has passed on: then that fence is its later holder's
 */
export async function raiseFence(table: Table, lease: Lease, above: number): Promise<Lease | undefined> {
  const fence = Math.floor(above) + 1;
  const raised = await updateItem(table, keyOf(lease.api), {
    update: 'SET #fence = :raised',
    condition: '#fence = :fence',
    names: ['fence'],
    values: { raised: fence, fence: lease.fence },
  });
  return raised && { ...lease, fence };
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

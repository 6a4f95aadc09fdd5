import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS, ceilingValues, isOver } from './items/ceilings.ts';
import type { Lease } from './items/held-lease.ts';
import { isFence, MOST_FENCE } from './items/stored.ts';
import { type Attributes, type Key, numberOf, type Table, textOf, updateItem } from './items/table.ts';

export type { Lease };

/**
 * Duration of a lease: longer than the function's timeout of 30 s, so that a running holder never loses the lease; shorter
 * than a minute, so that a dead holder's lease is free at the next scheduled tick.
 */
export const LEASE_MS = CEILING_MS.lease;

export const LEASE = 'lease';
const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: LEASE });

/** The pending trigger that a tick leaves for the holder when it finds the lease taken. */
export interface Word {
  readonly trigger: string;
  /** A weak trigger replaces no other: the holder sees the last trigger that is not weak. */
  readonly isWeak: boolean;
}

const SOMETHING: Word = { trigger: 'unknown', isWeak: true };

/**
 * Takes the lease of an API, or sets `pending` if the lease is taken, so that its holder looks once more. A lease whose end
 * lies implausibly far ahead counts as free.
 * @returns undefined if another tick holds the lease
 */
export async function takeLease(
  table: Table,
  api: ApiStage,
  now: EpochMs,
  word: Word = SOMETHING,
): Promise<Lease | undefined> {
  // The holder may release the lease between our two steps; the second round then takes it.
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

/** A fence that cannot be increased restarts at the present instant, which exceeds every count of looks. */
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

/** The highest fence of these items; 0 if none has a fence. */
export function highestFence(items: readonly Attributes[]): number {
  const fences = items.flatMap((item) => numberOf(item, 'fence') ?? []).filter(isFence);
  return Math.max(0, ...fences);
}

/**
 * Raises the fence of a held lease above a fence found in the table that would block the holder's writes.
 * @returns undefined if a later holder has the lease, to which that fence then belongs
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
 * Clears the pending trigger and renews the lease.
 * @returns the pending trigger; undefined if there was none
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
 * Releases the lease unless a trigger is pending.
 * @returns false if a trigger was pending, or if the lease had already passed to another tick
 */
export async function releaseLease(table: Table, lease: Lease): Promise<boolean> {
  const released = await updateItem(table, keyOf(lease.api), {
    update: 'SET #until = :zero',
    condition: '#fence = :fence AND attribute_not_exists(#pending)',
    names: ['until', 'pending', 'fence'],
    values: { zero: 0, fence: lease.fence },
  });
  return released !== undefined;
}

/**
 * Releases the lease although a trigger is pending, and clears that trigger.
 * @returns the trigger, for which the caller must see to another look; undefined if there was none, or if the lease had
 *   already passed to another tick
 */
export async function releaseWithPending(table: Table, lease: Lease): Promise<string | undefined> {
  const released = await updateItem(table, keyOf(lease.api), {
    update: 'SET #until = :zero, #heard = #pending REMOVE #pending',
    condition: '#fence = :fence AND attribute_exists(#pending)',
    names: ['until', 'pending', 'heard', 'fence'],
    values: { zero: 0, fence: lease.fence },
  });
  return released && (textOf(released, 'heard') ?? SOMETHING.trigger);
}

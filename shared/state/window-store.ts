import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import { textBytes } from '../platform/json-size.ts';
import type { EpochMs } from '../platform/units.ts';
import { CLOCK_AHEAD_MS } from '../telemetry/aggregate.ts';
import type { Window } from '../telemetry/window.ts';
import { decodeWindow, encodeWindow } from '../telemetry/window-codec.ts';
import { withFewerMethods } from '../telemetry/windows.ts';
import { CLOCK_SKEW_MS } from './items/ceilings.ts';
import { MOST_JSON_BYTES } from './items/stored.ts';
import { type Attributes, epochText, expiresAt, putItem, queryItems, type Table, textOf } from './items/table.ts';

/** Retention of windows: enough to explain an incident the next morning. */
const LIFETIME_MS = 24 * 3_600_000;
/** How far a line may be dated ahead of the counter's clock, and how much earlier a window may be read than counted. */
const AHEAD_MS = CLOCK_AHEAD_MS + CLOCK_SKEW_MS;
/** Methods by name in a part that is too large with all of them. */
const MOST_METHODS = 512;
/** Sorts after every batch id. */
const LAST = '~';

const partitionOf = (api: ApiStage): string => `WINDOW#${apiStageName(api)}`;

/**
 * Adds one batch's part to a window in one atomic write. The batch's id is part of the key, so a batch that is delivered
 * twice is stored once.
 * @returns false if the part was already stored
 */
export async function addWindowPart(
  table: Table,
  api: ApiStage,
  batchId: string,
  part: Window,
  now: EpochMs,
): Promise<boolean> {
  return await putItem(
    table,
    { pk: partitionOf(api), sk: `${epochText(part.startMs)}#${batchId}` },
    { part: fittingText(part), expiresAt: expiresAt(now, LIFETIME_MS) },
    { condition: 'attribute_not_exists(#pk)', names: ['pk'], values: {} },
  );
}

/** The part as a text that fits an item: with half as many methods by name, and again, until it does. */
function fittingText(part: Window): string {
  let text = encodeWindow(part);
  for (let most = MOST_METHODS; textBytes(text) > MOST_JSON_BYTES && most >= 0; most = most > 0 ? most >> 1 : -1)
    text = encodeWindow(withFewerMethods(part, most));
  return text;
}

/** Every part of the windows that start at or after `fromMs`, in order of their start; unusable parts are left out. */
export async function readWindowParts(table: Table, api: ApiStage, fromMs: EpochMs, now: EpochMs): Promise<Window[]> {
  const range = { from: epochText(fromMs), to: `${epochText(now)}#${LAST}` };
  const items = await queryItems(table, partitionOf(api), range);
  const unusable: Attributes[] = [];
  const parts = items.flatMap((item) => {
    const part = decodeWindow(textOf(item, 'part') ?? '');
    if (part && isOfItsPlace(part, textOf(item, 'sk') ?? '', now)) return [part];
    unusable.push(item);
    return [];
  });
  reportUnusable(table, api, unusable);
  return parts;
}

/** Checks that a part is stored under its own start and contains nothing from the future. */
function isOfItsPlace({ startMs, streams }: Window, sk: string, now: EpochMs): boolean {
  const newest = Math.max(0, ...Object.values(streams ?? {}));
  return sk.startsWith(`${epochText(startMs)}#`) && newest <= now + AHEAD_MS;
}

/** Reports damage once per read, because a damaged window stays in the table for a day. */
function reportUnusable(table: Table, api: ApiStage, [first, ...others]: readonly Attributes[]): void {
  if (first === undefined) return;
  const key = { pk: partitionOf(api), sk: textOf(first, 'sk') ?? '' };
  table.report?.({ key, why: `it is no part of a window, nor are ${others.length} others`, item: first, blank: {} });
}

import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import type { Window } from '../telemetry/window.ts';
import { decodeWindow, encodeWindow } from '../telemetry/window-codec.ts';
import { epochText, expiresAt, putItem, queryItems, type Table, textOf } from './table.ts';

/** Windows live this long: enough to explain an incident the morning after. */
const LIFETIME_MS = 24 * 3_600_000;
/** Sorts after every batch id. */
const LAST = '~';

const partitionOf = (api: ApiStage): string => `WINDOW#${apiStageName(api)}`;

/**
 * Adds one batch's part to a window: one atomic write. The batch's id is part of the key, so a batch that is delivered
 * twice is stored once.
 * @returns false when this very part was there already.
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
    { part: encodeWindow(part), expiresAt: expiresAt(now, LIFETIME_MS) },
    { condition: 'attribute_not_exists(#pk)', names: ['pk'], values: {} },
  );
}

/** Every part of the windows that start at or after `fromMs`, in order of their start; unreadable parts are left out. */
export async function readWindowParts(table: Table, api: ApiStage, fromMs: EpochMs, now: EpochMs): Promise<Window[]> {
  const range = { from: epochText(fromMs), to: `${epochText(now)}#${LAST}` };
  const items = await queryItems(table, partitionOf(api), range);
  return items.flatMap((item) => decodeWindow(textOf(item, 'part') ?? '') ?? []);
}

import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs, KeyId, TierName } from '../platform/units.ts';
import type { Directory } from '../telemetry/aggregate.ts';
import { expiresAt, jsonOf, numberOf, putItem, queryItems, type Table, textOf } from './table.ts';

/** Ids per item: some 11 bytes each, far below DynamoDB's 400 KB. */
const CHUNK_KEYS = 5_000;
/** A directory that nobody refreshes for a week is forgotten; chunks that a shrunken one no longer uses go with it. */
const LIFETIME_MS = 7 * 24 * 3_600_000;
/** What counts as slow until control has said what the policy's objective is, in milliseconds. */
export const DEFAULT_SLOW_MS = 1000;

const partitionOf = (api: ApiStage): string => `DIRECTORY#${apiStageName(api)}`;
const chunkName = (index: number): string => `keys#${String(index).padStart(4, '0')}`;

/** Replaces the directory of an API. A reader in between sees some old chunks and some new ones, never a value. */
export async function saveKeys(
  table: Table,
  api: ApiStage,
  tierOf: ReadonlyMap<KeyId, TierName>,
  now: EpochMs,
): Promise<void> {
  const entries = [...tierOf];
  const chunks = Math.max(1, Math.ceil(entries.length / CHUNK_KEYS));
  for (let index = 0; index < chunks; index++) {
    const byTier: Record<TierName, KeyId[]> = {};
    for (const [keyId, tier] of entries.slice(index * CHUNK_KEYS, (index + 1) * CHUNK_KEYS)) {
      const keyIds = byTier[tier] ?? [];
      keyIds.push(keyId);
      byTier[tier] = keyIds;
    }
    const attributes = { keys: JSON.stringify(byTier), chunks, expiresAt: expiresAt(now, LIFETIME_MS) };
    await putItem(table, { pk: partitionOf(api), sk: chunkName(index) }, attributes);
  }
}

/** Tells telemetry what the policy's objective calls slow. */
export async function saveObjective(table: Table, api: ApiStage, slowMs: number): Promise<void> {
  await putItem(table, { pk: partitionOf(api), sk: 'objective' }, { slowMs });
}

/** All that telemetry needs to know of an API, in one read. */
export async function readDirectory(table: Table, api: ApiStage): Promise<Directory> {
  const items = await queryItems(table, partitionOf(api));
  const tierOf = new Map<KeyId, TierName>();
  const chunks = numberOf(
    items.find((item) => item.sk === chunkName(0)),
    'chunks',
  );
  for (const item of items) {
    const name = textOf(item, 'sk') ?? '';
    const isCurrent = name.startsWith('keys#') && name < chunkName(chunks ?? 0);
    for (const [tier, keyIds] of isCurrent
      ? Object.entries(jsonOf<Record<TierName, KeyId[]>>(item, 'keys') ?? {})
      : []) {
      for (const keyId of keyIds) tierOf.set(keyId, tier);
    }
  }
  const objective = items.find((item) => item.sk === 'objective');
  return { tierOf, slowMs: numberOf(objective, 'slowMs') ?? DEFAULT_SLOW_MS };
}

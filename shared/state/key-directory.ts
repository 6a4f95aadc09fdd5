import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import defaultObjective from '../platform/objective.json' with { type: 'json' };
import { emptyRecord } from '../platform/records.ts';
import type { EpochMs, KeyId, TierName } from '../platform/units.ts';
import type { Directory } from '../telemetry/aggregate.ts';
import { listOf, numberWithin, recordWith, text } from './items/shape.ts';
import { attributesOf, type Form, readValue } from './items/stored.ts';
import { expiresAt, getItem, type Key, numberOf, putItem, queryItems, type Table, textOf } from './items/table.ts';

/** Ids per item: some 11 bytes each, far below DynamoDB's 400 KB. */
const CHUNK_KEYS = 5_000;
/** A directory without a refresh for a week expires, as do chunks that a smaller directory no longer uses. */
const LIFETIME_MS = 7 * 24 * 3_600_000;
/** The latency objective until control has stored the policy's, in milliseconds. */
const DEFAULT_SLOW_MS = defaultObjective.latencyMs;

const KEYS_FORM: Form = { version: 1, attribute: 'keys', shape: () => recordWith(listOf(text)) };

const OBJECTIVES = 'OBJECTIVE';
/** The bounds of `objective.latencyMs`. */
const SLOW_MS = numberWithin(1, 29_000);

const partitionOf = (api: ApiStage): string => `DIRECTORY#${apiStageName(api)}`;
const chunkName = (index: number): string => `keys#${String(index).padStart(4, '0')}`;

/** Replaces the directory of an API. A concurrent reader may see old and new chunks together, but never a key value. */
export async function saveKeys(
  table: Table,
  api: ApiStage,
  tierOf: ReadonlyMap<KeyId, TierName>,
  now: EpochMs,
): Promise<void> {
  const entries = [...tierOf];
  const chunks = Math.max(1, Math.ceil(entries.length / CHUNK_KEYS));
  for (let index = 0; index < chunks; index++) {
    const byTier = emptyRecord<KeyId[]>();
    for (const [keyId, tier] of entries.slice(index * CHUNK_KEYS, (index + 1) * CHUNK_KEYS)) {
      const keyIds = byTier[tier] ?? [];
      keyIds.push(keyId);
      byTier[tier] = keyIds;
    }
    const attributes = { ...attributesOf(byTier, KEYS_FORM), chunks, expiresAt: expiresAt(now, LIFETIME_MS) };
    await putItem(table, { pk: partitionOf(api), sk: chunkName(index) }, attributes);
  }
}

/** Stores the policy's latency objective for telemetry, in a partition that only control writes. */
export async function saveObjective(table: Table, api: ApiStage, slowMs: number): Promise<void> {
  await putItem(table, objectiveKey(api), { slowMs });
}

const objectiveKey = (api: ApiStage): Key => ({ pk: OBJECTIVES, sk: apiStageName(api) });

/** Everything that telemetry needs to know about an API. */
export async function readDirectory(table: Table, api: ApiStage): Promise<Directory> {
  const [tierOf, slowMs] = await Promise.all([readKeys(table, api), readObjective(table, api)]);
  return { tierOf, slowMs };
}

/** The tier of every key in the plans of an API. */
export async function readKeys(table: Table, api: ApiStage): Promise<ReadonlyMap<KeyId, TierName>> {
  const items = await queryItems(table, partitionOf(api));
  const tierOf = new Map<KeyId, TierName>();
  const chunks = numberOf(
    items.find((item) => item.sk === chunkName(0)),
    'chunks',
  );
  for (const item of items) {
    const name = textOf(item, 'sk') ?? '';
    const isCurrent = name.startsWith('keys#') && name < chunkName(chunks ?? 0);
    if (!isCurrent) continue;
    const key = { pk: partitionOf(api), sk: name };
    const byTier = readValue<Record<TierName, KeyId[]>>(table, key, item, KEYS_FORM) ?? {};
    for (const [tier, keyIds] of Object.entries(byTier)) for (const keyId of keyIds) tierOf.set(keyId, tier);
  }
  return tierOf;
}

async function readObjective(table: Table, api: ApiStage): Promise<number> {
  const key = objectiveKey(api);
  const item = await getItem(table, key);
  const slowMs = numberOf(item, 'slowMs');
  if (item === undefined || (slowMs !== undefined && SLOW_MS(slowMs) === undefined)) return slowMs ?? DEFAULT_SLOW_MS;
  table.report?.({ key, why: 'slowMs is no latency bound', item, blank: { slowMs: DEFAULT_SLOW_MS } });
  return DEFAULT_SLOW_MS;
}

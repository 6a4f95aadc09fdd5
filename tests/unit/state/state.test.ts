import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import {
  readControlRecord,
  saveAppliedStage,
  saveAppliedTier,
  saveDrift,
  saveLaw,
  savePause,
} from '../../../shared/state/control-record.ts';
import { type Decision, recordDecision } from '../../../shared/state/decisions.ts';
import { clearDesired, type Desired, readAllDesired, readDesired, saveDesired } from '../../../shared/state/desired.ts';
import { saveClaim } from '../../../shared/state/drift-record.ts';
import { getItem, putItem, queryItems } from '../../../shared/state/items/table.ts';
import { readDirectory, saveKeys, saveObjective } from '../../../shared/state/key-directory.ts';
import {
  claimRefusal,
  forgetKnownGood,
  readKnownGood,
  readKnownSwitch,
  saveKnownGood,
  saveKnownSwitch,
} from '../../../shared/state/known-documents.ts';
import { LEASE_MS, releaseLease, releaseWithPending, renewIfPending, takeLease } from '../../../shared/state/lease.ts';
import { claimLookNow } from '../../../shared/state/look-now.ts';
import { addWindowPart, readWindowParts } from '../../../shared/state/window-store.ts';
import { emptyCell, emptyWindow } from '../../../shared/telemetry/windows.ts';
import { type LocalTable, localTable } from '../../support/functions/local-table.ts';

const T0 = Date.UTC(2031, 0, 1);
let table: LocalTable;
let count = 0;
/** A fresh API for every test: one table serves them all. */
const freshApi = () => ({ apiId: `api${count++}`, stage: 'dev' });

beforeAll(async () => {
  table = await localTable();
});
afterAll(async () => {
  await table.close();
});

describe('the lease', () => {
  test('has one holder; the one who finds it taken leaves word, and the holder looks once more', async () => {
    const api = freshApi();
    const first = await takeLease(table, api, T0);
    expect(first?.fence).toBe(1);
    if (!first) return;
    expect(await renewIfPending(table, first, T0)).toBeUndefined();
    expect(await takeLease(table, api, T0 + 1)).toBeUndefined();
    expect(await releaseLease(table, first)).toBe(false);
    expect(await renewIfPending(table, first, T0 + 2)).toBe('unknown');
    expect(await renewIfPending(table, first, T0 + 3)).toBeUndefined();
    expect(await releaseLease(table, first)).toBe(true);
    expect((await takeLease(table, api, T0 + 4))?.fence).toBe(2);
  });

  test('is released with the word that was left, which its holder must see to', async () => {
    const api = freshApi();
    const holder = await takeLease(table, api, T0);
    if (!holder) throw new Error('The lease was free.');
    expect(await releaseWithPending(table, holder)).toBeUndefined();
    await takeLease(table, api, T0 + 1, { trigger: 'parameter', isWeak: false });
    expect(await releaseWithPending(table, holder)).toBe('parameter');
    expect(await takeLease(table, api, T0 + 2)).toBeDefined();
  });

  test('of several words the holder hears the last that is not weak', async () => {
    const api = freshApi();
    const holder = await takeLease(table, api, T0);
    if (!holder) throw new Error('The lease was free.');
    const leave = (trigger: string, isWeak: boolean) => takeLease(table, api, T0 + 1, { trigger, isWeak });
    await leave('alarm', true);
    await leave('schedule', false);
    await leave('alarm', true);
    expect(await renewIfPending(table, holder, T0 + 2)).toBe('schedule');
    await leave('alarm', true);
    expect(await renewIfPending(table, holder, T0 + 2)).toBe('alarm');
  });

  test('of a dead holder is free once it expired, and the dead one can neither renew nor release it', async () => {
    const api = freshApi();
    const dead = await takeLease(table, api, T0);
    expect(await takeLease(table, api, T0 + LEASE_MS - 1)).toBeUndefined();
    const next = await takeLease(table, api, T0 + LEASE_MS);
    expect(next?.fence).toBe(2);
    if (!dead) return;
    expect(await releaseLease(table, dead)).toBe(false);
    expect(await releaseWithPending(table, dead)).toBeUndefined();
    expect(await renewIfPending(table, dead, T0 + LEASE_MS)).toBeUndefined();
    expect(await takeLease(table, api, T0 + LEASE_MS + 1)).toBeUndefined();
  });
});

describe('what control remembers', () => {
  test('comes back whole, and is empty at first', async () => {
    const api = freshApi();
    expect(await readControlRecord(table, api)).toEqual({
      ...{ law: undefined, appliedStage: undefined, appliedTiers: {} },
      ...{ drift: undefined, hold: undefined, claims: {}, pausedMs: 0, backoffUntilMs: 0, highestFence: 0 },
    });
    const lease = { api, fence: 3 };
    const law = {
      state: { phase: 'rest', totals: [1, 2] },
      seenLogsMs: T0,
      seenMetricsMs: T0 - 60_000,
      toldSlowMs: 500,
      lookedMs: T0,
    };
    expect(await saveLaw(table, lease, law)).toBe(true);
    await saveAppliedStage(table, lease, { '*/*': { rateRps: 800.5, burst: 40 } }, T0);
    await saveAppliedTier(table, api, 'premium', { rateRps: 100, burst: 100 }, T0 + 1);
    const baseline = { stage: { rateRps: 2000, burst: 5000 }, tiers: {} };
    const nothing = { stage: {}, tiers: {} };
    const drift = { known: nothing, open: nothing, baseline, adopted: nothing, adoptedMs: 0 };
    await saveDrift(table, lease, drift);
    await savePause(table, api, T0 + 2);
    await saveClaim(table, api, { target: 'stage', claim: { who: 'alice', atMs: T0 } }, T0);
    await saveClaim(table, api, { target: 'stage', claim: { who: 'bob', atMs: T0 - 1 } }, T0);
    expect(await readControlRecord(table, api)).toEqual({
      law,
      appliedStage: { value: { '*/*': { rateRps: 800.5, burst: 40 } }, writtenMs: T0 },
      appliedTiers: { premium: { value: { rateRps: 100, burst: 100 }, writtenMs: T0 + 1 } },
      drift,
      claims: { stage: { who: 'alice', atMs: T0 } },
      pausedMs: T0 + 2,
      ...{ hold: undefined, backoffUntilMs: 0, highestFence: 3 },
    });
  });

  test('is not overwritten by a holder whose lease has passed on', async () => {
    const api = freshApi();
    const law = { state: 'new', seenLogsMs: 0, seenMetricsMs: 0, toldSlowMs: 500, lookedMs: T0 };
    expect(await saveLaw(table, { api, fence: 5 }, law)).toBe(true);
    expect(await saveLaw(table, { api, fence: 4 }, { ...law, state: 'old' })).toBe(false);
    expect((await readControlRecord(table, api)).law?.state).toBe('new');
  });
});

describe('desired limits', () => {
  const desired: Desired = {
    stage: { '*/*': { rateRps: 1, burst: 1 } },
    plans: { basic: { planId: 'p1', limit: { rateRps: 5, burst: 5 }, sinceMs: T0 } },
    rules: { sacrificeOrder: ['basic'], resting: {}, ignoreChangeShare: 0.05, intervalMs: 21_000 },
    decidedMs: T0,
  };

  test('are kept under the fence and vanish when cleared', async () => {
    const api = freshApi();
    expect(await saveDesired(table, { api, fence: 2 }, desired)).toBe(true);
    expect(await saveDesired(table, { api, fence: 1 }, { ...desired, plans: {} })).toBe(false);
    expect(await readDesired(table, api)).toEqual(desired);
    expect(await readAllDesired(table)).toContainEqual({ api, desired });
    expect(await clearDesired(table, { api, fence: 3 })).toBe(true);
    expect(await readDesired(table, api)).toBeUndefined();
    expect(await saveDesired(table, { api, fence: 2 }, desired)).toBe(false);
  });
});

describe('windows', () => {
  const part = (startMs: number, requests: number) => ({
    ...emptyWindow(startMs),
    cells: { premium: { '/data/GET': { ...emptyCell(), requests } } },
    lagMs: 1234,
  });

  test('a batch that is delivered twice is stored once', async () => {
    const api = freshApi();
    expect(await addWindowPart(table, api, 'batch1', part(T0, 7), T0)).toBe(true);
    expect(await addWindowPart(table, api, 'batch1', part(T0, 7), T0 + 5)).toBe(false);
    expect(await addWindowPart(table, api, 'batch2', part(T0, 9), T0)).toBe(true);
    expect(await addWindowPart(table, api, 'batch1', part(T0 + 10_000, 1), T0)).toBe(true);
    const parts = await readWindowParts(table, api, T0, T0 + 20_000);
    expect(parts).toEqual([part(T0, 7), part(T0, 9), part(T0 + 10_000, 1)]);
  });

  test('only the asked range is read, and other APIs are not', async () => {
    const api = freshApi();
    for (const offset of [0, 10_000, 20_000]) await addWindowPart(table, api, 'b', part(T0 + offset, 1), T0);
    await addWindowPart(table, freshApi(), 'b', part(T0, 1), T0);
    const starts = (await readWindowParts(table, api, T0 + 10_000, T0 + 60_000)).map((window) => window.startMs);
    expect(starts).toEqual([T0 + 10_000, T0 + 20_000]);
  });

  test('a range of more than one page is read to its end', async () => {
    const api = freshApi();
    const long = 'x'.repeat(100_000);
    const wide = { ...part(T0, 1), cells: { [long]: { m: emptyCell() } } };
    for (let batch = 0; batch < 12; batch++) await addWindowPart(table, api, `b${batch}`, wide, T0);
    expect(await readWindowParts(table, api, T0, T0)).toHaveLength(12);
  });
});

describe('decisions', () => {
  const decision = { atMs: T0, kind: 'brake', verdict: 'trustworthy', rule: 'r', mode: 'enforce' } as Decision;

  test('are appended, never changed, and can be read by their attributes', async () => {
    const api = freshApi();
    expect(await recordDecision(table, api, '1', decision)).toBe(true);
    expect(await recordDecision(table, api, '1', { ...decision, rule: 'other' })).toBe(false);
    const items = await queryItems(table, `DECISION#${api.apiId}/dev`);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ sk: `00${T0}#1`, kind: 'brake', rule: 'r', mode: 'enforce' });
    expect(JSON.parse(String(items[0]?.decision))).toEqual(decision);
    expect(Number(items[0]?.expiresAt)).toBeGreaterThan(T0 / 1000);
  });
});

describe('policies', () => {
  test('the last known good stays until it is replaced or forgotten', async () => {
    const good = { name: '/t/policies/a', version: 3, document: '{}' };
    await saveKnownGood(table, 'POLICY', good);
    expect((await readKnownGood(table, 'POLICY')).get(good.name)).toEqual(good);
    await forgetKnownGood(table, 'POLICY', good.name);
    expect((await readKnownGood(table, 'POLICY')).has(good.name)).toBe(false);
  });

  test('a refused version is claimed by one caller only', async () => {
    const name = '/t/policies/b';
    expect(await claimRefusal(table, 'POLICY', name, 8)).toBe(true);
    expect(await claimRefusal(table, 'POLICY', name, 8)).toBe(false);
    expect(await claimRefusal(table, 'POLICY', name, 9)).toBe(true);
    expect((await readKnownGood(table, 'POLICY')).has(name)).toBe(false);
  });

  test('the switch is remembered', async () => {
    expect(await readKnownSwitch(table)).toBeUndefined();
    await saveKnownSwitch(table, 'pause');
    expect(await readKnownSwitch(table)).toBe('pause');
  });
});

describe('the key directory', () => {
  test('holds every key in chunks, and forgets those that a smaller one no longer has', async () => {
    const api = freshApi();
    const many = new Map(Array.from({ length: 5_001 }, (_, index) => [`key${index}`, index % 2 ? 'basic' : 'premium']));
    await saveKeys(table, api, many, T0);
    expect((await readDirectory(table, api)).tierOf).toEqual(many);
    await saveKeys(table, api, new Map([['key1', 'standard']]), T0);
    expect((await readDirectory(table, api)).tierOf).toEqual(new Map([['key1', 'standard']]));
  });

  test('says what is slow: the objective, or the default before there is one', async () => {
    const api = freshApi();
    expect((await readDirectory(table, api)).slowMs).toBe(policySchema.parse({ api: 'abc/dev' }).objective.latencyMs);
    await saveObjective(table, api, 350);
    expect((await readDirectory(table, api)).slowMs).toBe(350);
  });
});

describe('claims', () => {
  test('control is asked to look at most once in ten seconds', async () => {
    const api = freshApi();
    expect(await claimLookNow(table, api, T0)).toBe(true);
    expect(await claimLookNow(table, api, T0 + 9_999)).toBe(false);
    expect(await claimLookNow(table, api, T0 + 10_000)).toBe(true);
  });
});

test.each([
  ['a modification in the year 2099', { modifiedMs: Date.UTC(2099, 0, 1) }],
  ['a probation without what was before', { baking: '{"arrivedMs":0}' }],
  [
    'a probation of the year 2099',
    { baking: `{"arrivedMs":${Date.UTC(2099, 0, 1)},"before":{"version":1,"document":"{}"}}` },
  ],
  ['a version that was taken back for no reason', { rolledBack: '{"version":3,"why":{}}' }],
  ['no JSON', { baking: '{' }],
])('a last known good with %s is not known: the parameter itself is read anew', async (_, changes) => {
  const good = { name: '/t/policies/damaged', version: 3, document: '{}', modifiedMs: T0, by: 'alice' };
  const reported: string[] = [];
  const checked = { ...table, clock: { now: () => T0 }, report: ({ why }: { why: string }) => void reported.push(why) };
  await saveKnownGood(checked, 'POLICY', good);
  expect((await readKnownGood(checked, 'POLICY')).get(good.name)).toEqual(good);
  const key = { pk: 'POLICY', sk: good.name };
  await putItem(table, key, { ...(await getItem(table, key)), ...changes });
  expect((await readKnownGood(checked, 'POLICY')).has(good.name)).toBe(false);
  expect(reported).toEqual([expect.stringContaining(Object.keys(changes)[0] ?? '')]);
});

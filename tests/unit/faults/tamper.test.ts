import { EPOCH_MS } from '../../../rehearsal/run/run-rehearsal.ts';
import type { Item, Snapshot } from '../../../reliability/overlap/cloud-snapshot.ts';
import { kindOf } from '../../../reliability/tamper/cells/item.ts';
import { fieldsOf, withField } from '../../../reliability/tamper/cells/places.ts';
import type { Specimen } from '../../../reliability/tamper/cells/specimens.ts';
import { cellsOf } from '../../../reliability/tamper/cells/tamper-cells.ts';
import { shifted } from '../../../reliability/tamper/shift.ts';

const NAMES = { api: 'abc123def4/dev', tiers: ['premium', 'basic'], planIds: ['plan12'] };
const PLANS = { premium: { planId: 'plan12', sinceMs: EPOCH_MS }, basic: { planId: 'plan34', sinceMs: null } };

const item = (desired: unknown, fence = 3): Item => ({
  pk: { S: 'DESIRED' },
  sk: { S: 'abc123def4/dev' },
  desired: { S: JSON.stringify(desired) },
  fence: { N: String(fence) },
});

const patternsOf = (of: Item) => [...new Set([...fieldsOf(of, NAMES)].map(({ place }) => place.pattern))];

function specimen(...items: readonly Item[]): Specimen {
  const latest = new Map(items.flatMap((each) => Object.keys(each).map((name) => [name, each] as const)));
  return {
    kind: 'DESIRED <api>',
    writers: new Set(['control']),
    latest,
    seen: new Set(items.map((each) => JSON.stringify(each))),
    compared: new Set(['fence']),
  };
}

function cellNames(...items: readonly Item[]): string[] {
  const snapshot: Snapshot = { items: new Map(), limits: { stage: {}, plans: {} } };
  return cellsOf(new Map([['DESIRED <api>', specimen(...items)]]), snapshot, NAMES).map(({ name }) => name);
}

test('a kind of item is called as docs/state.md writes its key', () => {
  const kind = (pk: string, sk: string) => kindOf({ pk: { S: pk }, sk: { S: sk } }, NAMES);
  expect(kind('API#abc123def4/dev', 'claim#plan#plan12')).toBe('API#<api> claim#plan#<plan>');
  expect(kind('WINDOW#abc123def4/dev', '001924992030000#9f3c')).toBe('WINDOW#<api> <time>#<id>');
  expect(kind('POLICY', '/tidegate/dev/policies/default')).toBe('POLICY <parameter>');
});

test('fields of any depth come up once, entries and members of one shape together, and JSON within a text too', () => {
  const document = JSON.stringify({ mode: 'enforce' });
  expect(patternsOf(item({ plans: PLANS, order: ['basic', 'premium', 7], document }))).toEqual([
    'desired',
    'desired(json)',
    'desired(json).plans',
    'desired(json).plans.*',
    'desired(json).plans.*.planId',
    'desired(json).plans.*.sinceMs',
    'desired(json).order',
    'desired(json).order[string]',
    'desired(json).order[number]',
    'desired(json).document',
    'desired(json).document(json)',
    'desired(json).document(json).mode',
    'fence',
  ]);
});

test('one field is replaced, and nothing else', () => {
  const whole = item({ plans: PLANS });
  const [found] = [...fieldsOf(whole, NAMES)].filter(({ place }) => place.pattern === 'desired(json).plans.*.sinceMs');
  if (!found) throw new Error('There is no such field.');
  const changed = (value: number | undefined) => JSON.parse(withField(whole, found.place, value).desired?.S ?? '');
  expect(changed(-1)).toEqual({ plans: { ...PLANS, premium: { planId: 'plan12', sinceMs: -1 } } });
  expect(changed(undefined)).toEqual({ plans: { ...PLANS, premium: { planId: 'plan12' } } });
});

test('what a function was seen to write is no cell: null, 0, and a field that was not there', () => {
  const names = cellNames(item({ atMs: null, by: 'x', count: 5 }), item({ atMs: EPOCH_MS, count: 0 }));
  const ofField = (field: string) => names.filter((name) => name.includes(` desired(json).${field} /`)).join('; ');
  expect(ofField('atMs')).not.toMatch(/null/);
  expect(ofField('atMs')).toMatch(/1970; .*2099; .*missing/);
  expect(ofField('count')).not.toMatch(/1970/);
  expect(ofField('by')).not.toMatch(/missing/);
});

test('names that every object has become fields, and keys of other items', () => {
  const names = cellNames(item({ plans: PLANS }));
  expect(names).toContain('DESIRED <api> / desired(json).plans / with __proto__');
  expect(names).toContain('DESIRED <api> / key / constructor');
});

test('instants of the scene move with the clock, in keys and in JSON; hostile ones stay', () => {
  const moved = shifted(
    {
      sk: { S: `00${EPOCH_MS}#id` },
      expiresAt: { N: String(EPOCH_MS / 1000) },
      atMs: { N: String(EPOCH_MS) },
      fence: { N: '12' },
      json: { S: `{"a":${EPOCH_MS},"b":${Date.UTC(2099, 0, 1)},"c":1000000000000000}` },
    },
    60_000,
  );
  expect(moved).toEqual({
    sk: { S: `00${EPOCH_MS + 60_000}#id` },
    expiresAt: { N: String(EPOCH_MS / 1000 + 60) },
    atMs: { N: String(EPOCH_MS + 60_000) },
    fence: { N: '12' },
    json: { S: `{"a":${EPOCH_MS + 60_000},"b":${Date.UTC(2099, 0, 1)},"c":1000000000000000}` },
  });
});

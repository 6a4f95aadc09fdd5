import { law } from '../../../shared/law/law.ts';
import { STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import { type Decision, recordDecision } from '../../../shared/state/decisions.ts';
import { readDesired } from '../../../shared/state/desired.ts';
import { lawStateOf } from '../../../shared/state/items/law-state.ts';
import { getItem } from '../../../shared/state/items/table.ts';
import { addWindowPart, readWindowParts } from '../../../shared/state/window-store.ts';
import { aggregate, readBatch } from '../../../shared/telemetry/aggregate.ts';
import { type Answer, type StartedControl, startControl } from '../../support/functions/start-control.ts';
import { API, CONCLUSION, SCHEDULE, T0 } from '../../support/functions/world.ts';

/** DynamoDB's bound on an item, which the local table keeps as well. */
const MOST_BYTES = 400 * 1024;
const WINDOW_MS = 10_000;
const realLaw: Answer = (input) => law({ ...input, state: lawStateOf(input.state, input.now) });

let control: StartedControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(async () => await control.close());

const DECISION = {
  ...CONCLUSION,
  ...{ api: 'abc123def4/dev', atMs: T0, trigger: 'schedule', mode: 'enforce', stageOutcome: 'written' },
  policy: { name: 'p', version: 1 },
  evidence: { windows: 1 },
} as Decision;

interface Traffic {
  readonly rps: number;
  readonly keys: number;
  readonly methods: readonly string[];
}

/** The access log of ten seconds in which every key uses every method. */
function linesOf({ rps, keys, methods }: Traffic, startMs: number) {
  const count = (rps * WINDOW_MS) / 1000;
  const from = Math.floor(startMs / WINDOW_MS) * count;
  return Array.from({ length: count }, (_, index) => {
    const pair = (from + index) % (keys * methods.length);
    const [path = '', verb = ''] = (methods[Math.floor(pair / keys)] ?? '').split(' ');
    const line = {
      ...{ apiId: API.apiId, stage: API.stage, resourcePath: path, httpMethod: verb, status: '200' },
      ...{ apiKeyId: `key${String(pair % keys).padStart(7, '0')}`, integrationLatency: '120' },
    };
    return { timestamp: startMs + Math.floor((index * WINDOW_MS) / count), message: JSON.stringify(line) };
  });
}

/** Counts ten seconds of the log as telemetry does, in one batch. */
async function count(traffic: Traffic, startMs: number): Promise<void> {
  const events = linesOf(traffic, startMs);
  const tierOf = new Map(
    Array.from({ length: traffic.keys }, (_, key) => [`key${String(key).padStart(7, '0')}`, 'premium']),
  );
  const directories = new Map([[`${API.apiId}/${API.stage}`, { tierOf, slowMs: 500 }]]);
  const { apis } = aggregate(events, readBatch(events).records, directories, startMs + WINDOW_MS);
  for (const window of apis.flatMap((each) => each.windows))
    await addWindowPart(control.table, API, 'batch', window, control.world.now);
}

async function minuteOf(traffic: Traffic): Promise<void> {
  for (let window = 0; window < 6; window++) {
    const startMs = control.world.now;
    control.world.now += WINDOW_MS;
    await count(traffic, startMs);
  }
}

const lawBytes = async () => {
  const item = await getItem(control.table, { pk: 'API#abc123def4/dev', sk: 'law' });
  return Buffer.byteLength(JSON.stringify(item ?? {}));
};
const setAside = async () => (await control.decisions()).filter(({ rule }) => rule === 'state-set-aside');
const stageRate = () => control.world.stage['*/*']?.throttlingRateLimit;

const methodsOf = (resources: number) =>
  Array.from({ length: resources }, (_, index) => `/customers/{customerId}/orders-${index}`).flatMap((path) =>
    ['GET', 'POST', 'PUT'].map((verb) => `${path} ${verb}`),
  );

test('an API of 100 resources and 60 keys is governed minute by minute, from a state that fits its item', async () => {
  control.answer = realLaw;
  await minuteOf({ rps: 400, keys: 60, methods: methodsOf(100) });
  await control.run(SCHEDULE);
  control.world.now += 60_000;
  await control.run(SCHEDULE);
  expect(control.world.metric('Heartbeat')).toEqual([1, 1]);
  expect(await lawBytes()).toBeGreaterThan(1000);
  expect(await lawBytes()).toBeLessThan(300_000);
  expect(await setAside()).toEqual([]);
});

describe('an item that would be too large', () => {
  const braked = { stage: { '*/*': { rateRps: 800, burst: 40 } }, tiers: {} };

  test('of the law is stored without the state, a decision says so, and the tick comes to its end', async () => {
    control.answer = () => ({ state: { everything: 'x'.repeat(MOST_BYTES) }, desired: braked });
    await control.run(SCHEDULE);
    expect(stageRate()).toBe(800);
    expect(control.world.metric('Heartbeat')).toEqual([1]);
    const [decision] = await setAside();
    expect(decision?.reason).toMatch(
      /^The item API#abc123def4\/dev \/ law .* 409\d{3} bytes, and an item holds at most/,
    );
    expect(control.world.damages).toHaveLength(1);
    control.world.now += 60_000;
    await control.run(SCHEDULE);
    expect(control.world.metric('Heartbeat')).toEqual([1, 1]);
  });

  test('of the law makes it start afresh: the stage moves in steps from where it stands', async () => {
    control.answer = () => ({ state: { everything: 'x'.repeat(MOST_BYTES) }, desired: braked });
    await control.run(SCHEDULE);
    control.world.now += 60_000;
    control.answer = ({ baseline }) => ({ desired: { stage: { '*/*': baseline.stage }, tiers: {} } });
    await control.run(SCHEDULE);
    expect(control.inputs.map(({ state }) => state)).toEqual([undefined, undefined]);
    expect(stageRate()).toBeGreaterThan(800);
    expect(stageRate()).toBeLessThan(2000);
  });

  test('of a decision is recorded with short texts, and limits are written all the same', async () => {
    const reason = `Because ${'x'.repeat(MOST_BYTES)}`;
    control.answer = () => ({ desired: braked, conclusion: { ...CONCLUSION, kind: 'brake', reason } });
    await control.run(SCHEDULE);
    expect(stageRate()).toBe(800);
    expect(control.world.metric('Heartbeat')).toEqual([1]);
    const decision = (await control.decisions()).find(({ rule }) => rule === 'test-rule');
    expect(decision).toMatchObject({ kind: 'brake', stageOutcome: 'written', policy: { version: 1 } });
    expect(decision?.reason).toMatch(/^Because x{1992}… \(cut\)$/);
    expect(decision?.before?.stage['*/*']?.rateRps).toBe(2000);
    expect((await readDesired(control.table, API))?.stage['*/*']?.rateRps).toBe(800);
    expect((await setAside())[0]?.reason).toMatch(/^The item DESIRED \/ abc123def4\/dev /);
  });

  test('of a decision about thousands of methods is recorded without its limits', async () => {
    const limit = { rateRps: 1234.5, burst: 5000 };
    const stage = Object.fromEntries(
      Array.from({ length: 4000 }, (_, index) => [`/customers/orders-${index}/GET`, limit]),
    );
    const decision = { ...DECISION, before: { stage, tiers: {} }, after: { stage, tiers: {} } };
    expect(await recordDecision(control.table, API, '1', decision)).toBe(true);
    expect(await control.decisions()).toEqual([DECISION]);
  });

  test('of a window part names the busiest methods, counts the others as one, and loses no request', async () => {
    const path = (index: number) => `/${'x'.repeat(480)}-${index}`;
    const methods = Array.from({ length: 1000 }, (_, index) => `${path(index)} GET`);
    control.world.now = T0 + WINDOW_MS;
    await count(
      { rps: 400, keys: 2, methods: [...methods, ...Array.from({ length: 200 }, () => methods[999] ?? '')] },
      T0,
    );
    const [part] = await readWindowParts(control.table, API, T0, control.world.now);
    const cells = Object.entries(part?.cells.premium ?? {});
    expect(cells.reduce((sum, [, { requests }]) => sum + requests, 0)).toBe(4000);
    expect(cells.reduce((sum, [, { latency }]) => sum + latency.reduce((a, b) => a + b), 0)).toBe(4000);
    expect(part?.cells.premium?.[`${path(999)}/GET`]?.requests).toBeGreaterThan(0);
    expect(part?.cells.premium?.[STAGE_DEFAULT]?.requests).toBeGreaterThan(0);
    const requests = Object.values(part?.keys ?? {}).flatMap((key) => Object.values(key.requests));
    expect(requests.reduce((a, b) => a + b)).toBe(4000);
    expect(control.world.damages).toEqual([]);
  });
});

import { gzipSync } from 'node:zlib';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { readSubscription } from '../../../functions/telemetry/subscription.ts';
import { createTelemetry } from '../../../functions/telemetry/telemetry.ts';
import { type Damage, getItem, putItem, queryItems } from '../../../shared/state/items/table.ts';
import { saveKeys, saveObjective } from '../../../shared/state/key-directory.ts';
import { readWindowParts } from '../../../shared/state/window-store.ts';
import { type LocalTable, localTable } from '../../support/functions/local-table.ts';
import { API, T0, World } from '../../support/functions/world.ts';
import { line, THROTTLED } from '../telemetry/lines.ts';

let table: LocalTable;
let world: World;
let run: (event: unknown) => Promise<void>;

beforeEach(async () => {
  table = await localTable();
  world = new World();
  world.now = T0 + 12_000;
  const dependencies = world.dependencies(table, () => {
    throw new Error('Telemetry asks no law.');
  });
  run = createTelemetry(dependencies);
});
afterEach(async () => {
  world.restore();
  await table.close();
});

let batch = 0;
function delivery(messages: string[], timestamp = T0 + 1_000, messageType = 'DATA_MESSAGE') {
  batch++;
  const logEvents = messages.map((message, index) => ({ id: `${batch}-${index}`, timestamp, message }));
  const payload = { messageType, logGroup: '/aws/api-gateway/tidegate-dev', logEvents };
  return { awslogs: { data: gzipSync(JSON.stringify(payload)).toString('base64') } };
}

const windows = () => readWindowParts(table, API, T0 - 60_000, T0 + 60_000);

describe('a delivery of log lines', () => {
  test('becomes a window with tiers of the key directory, and metrics', async () => {
    await saveKeys(table, API, new Map([['key1', 'premium']]), T0);
    await saveObjective(table, API, 150);
    await run(delivery([line({}), line({ apiKeyId: 'stranger' })]));
    const [window] = await windows();
    expect(window).toMatchObject({ startMs: T0, lagMs: 11_000 });
    expect(window?.cells.premium?.['/data/GET']).toMatchObject({ requests: 1, slow: 1 });
    expect(window?.cells.unknown?.['/data/GET']?.requests).toBe(1);
    expect(world.metric('Requests')).toEqual([1, 1]);
    expect(world.metric('LogLagMs')).toEqual([11_000]);
  });

  test('that comes twice is counted, published and reported once', async () => {
    const event = delivery([line(THROTTLED)]);
    await run(event);
    world.now += 30_000;
    await run(event);
    expect(await windows()).toHaveLength(1);
    expect(world.metric('ThrottleCount')).toEqual([1]);
    expect(world.announced()).toHaveLength(1);
  });

  test('with poisoned lines loses those alone, and no word of them is logged', async () => {
    await run(delivery(['poison <secret>', line({})]));
    expect((await windows())[0]?.cells.unknown?.['/data/GET']?.requests).toBe(1);
    expect(world.logged.join()).toContain('"lines":1');
    expect(world.logged.join()).not.toContain('secret');
  });

  test.each([
    ['a control message', delivery([], T0, 'CONTROL_MESSAGE')],
    ['no data', {}],
    ['null', null],
    ['no gzip', { awslogs: { data: 'AAAA' } }],
    ['no JSON', { awslogs: { data: gzipSync('nope').toString('base64') } }],
    ['null inside', { awslogs: { data: gzipSync('null').toString('base64') } }],
  ])('of another kind is left alone: %s', async (_, event) => {
    expect(readSubscription(event)).toMatchObject({
      kind: 'refused',
      why: { path: expect.stringContaining('awslogs.data') },
    });
    await run(event);
    expect(await windows()).toEqual([]);
  });
});

describe('what the table holds of other things', () => {
  test.each([
    ['tiers without keys', { keys: '{"premium":7}' }],
    ['a text', { keys: '"x"' }],
    ['no JSON', { keys: '{' }],
    ['another version', { schema: 9 }],
  ])('a key directory of %s is nobody’s: the lines are counted all the same', async (_, changes) => {
    await saveKeys(table, API, new Map([['key1', 'premium']]), T0);
    const key = { pk: 'DIRECTORY#abc123def4/dev', sk: 'keys#0000' };
    await putItem(table, key, { ...(await getItem(table, key)), ...changes });
    await run(delivery([line({})]));
    expect((await windows())[0]?.cells.unknown?.['/data/GET']?.requests).toBe(1);
    expect(world.damages).toHaveLength(1);
  });

  test.each([0, -1, 1e9, 'slow'])('an objective of %s is not one: the default stands in', async (slowMs) => {
    await putItem(table, { pk: 'OBJECTIVE', sk: 'abc123def4/dev' }, { slowMs });
    await run(delivery([line({ integrationLatency: '499' }), line({ integrationLatency: '501' })]));
    expect((await windows())[0]?.cells.unknown?.['/data/GET']?.slow).toBe(1);
    expect(world.damages).toHaveLength(1);
  });

  test.each([Date.UTC(2099, 0, 1), 'then'])('a last nudge of %s keeps nobody from nudging', async (atMs) => {
    await putItem(table, { pk: 'LOOK#abc123def4/dev', sk: 'look-now' }, { atMs });
    await run(delivery([line(THROTTLED)]));
    expect(world.announced()).toHaveLength(1);
  });

  test('a part of a window that is not of its place, or of the future, is no evidence', async () => {
    await run(delivery([line({})]));
    const [item] = await queryItems(table, 'WINDOW#abc123def4/dev');
    const { pk: _pk, sk: _sk, ...part } = item ?? {};
    const text = String(part.part);
    const forged = {
      later: text.replace(/"startMs":\d+/, `"startMs":${Date.UTC(2099, 0, 1)}`),
      streaming: text.replace('"version"', `"streams":{"s":${Date.UTC(2099, 0, 1)}},"version"`),
      nonsense: 'x',
    };
    for (const [batchId, text] of Object.entries(forged)) {
      await putItem(table, { pk: 'WINDOW#abc123def4/dev', sk: `00${T0}#${batchId}` }, { ...part, part: text });
    }
    const damages: Damage[] = [];
    const reading = { ...table, report: (damage: Damage) => void damages.push(damage) };
    expect(await readWindowParts(reading, API, T0 - 60_000, T0 + 60_000)).toHaveLength(1);
    expect(damages.map(({ why }) => why)).toEqual(['it is no part of a window, nor are 2 others']);
  });

  test('a line of the far future does not move its stream there', async () => {
    await run(delivery([line({}), line({})], T0 + 1_000));
    const payload = {
      messageType: 'DATA_MESSAGE',
      logStream: 's',
      logEvents: [T0 + 1_000, Date.UTC(2099, 0, 1)].map((timestamp, id) => ({ id, timestamp, message: line({}) })),
    };
    await run({ awslogs: { data: gzipSync(JSON.stringify(payload)).toString('base64') } });
    expect((await windows()).flatMap(({ streams }) => Object.values(streams ?? {}))).toEqual([T0 + 1_000]);
  });
});

describe('the nudge', () => {
  test('is sent when our limits refused somebody, at most once in ten seconds', async () => {
    await run(delivery([line(THROTTLED)]));
    await run(delivery([line(THROTTLED)]));
    expect(world.announced()).toEqual([
      {
        type: 'Tidegate Look Now',
        detail: { apiId: 'abc123def4', stage: 'dev', reason: 'abc123def4/dev: 1 throttled of 1 requests' },
      },
    ]);
    world.now += 10_000;
    await run(delivery([line(THROTTLED)]));
    expect(world.announced()).toHaveLength(2);
  });

  test('is not sent when all is well', async () => {
    await run(delivery([line({})]));
    expect(world.announced()).toEqual([]);
  });

  test.each([
    ['throws', () => world.events.on(PutEventsCommand).rejects(new Error('down'))],
    [
      'refuses',
      () => world.events.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'X' }] }),
    ],
  ])('is no reason to deliver the lines again when the bus %s', async (_, fail) => {
    fail();
    await run(delivery([line(THROTTLED)]));
    expect(await windows()).toHaveLength(1);
    expect(world.logged.join()).toContain('could not be sent to control');
  });
});

import { APIGatewayClient, GetUsagePlanKeysCommand } from '@aws-sdk/client-api-gateway';
import { createKeyDirectory } from '../../../functions/key-directory/refresh-directory.ts';
import { createKeyReader } from '../../../shared/gateway/key-reader.ts';
import { queryItems } from '../../../shared/state/items/table.ts';
import { readDirectory } from '../../../shared/state/key-directory.ts';
import { type LocalTable, localTable } from '../../support/functions/local-table.ts';
import { API, BASELINE, World } from '../../support/functions/world.ts';

let table: LocalTable;
let world: World;
let run: () => Promise<void>;

beforeEach(async () => {
  table = await localTable();
  world = new World();
  const { clock, logger } = world.dependencies(table, () => {
    throw new Error('The key directory asks no law.');
  });
  const keys = createKeyReader(new APIGatewayClient({ region: 'us-east-1' }));
  run = createKeyDirectory({ clock, table, keys, baseline: BASELINE, logger });
  const items = [{ id: 'k1', value: 'secret-value-of-k1', name: 'n' }];
  world.aws.on(GetUsagePlanKeysCommand, { usagePlanId: 'planP' }).resolves({ items });
  world.aws
    .on(GetUsagePlanKeysCommand, { usagePlanId: 'planB' })
    .resolves({ items: [{ id: 'k2', value: 'secret-2' }] });
});
afterEach(async () => {
  world.restore();
  await table.close();
});

test('maps every key of every plan to its tier', async () => {
  await run();
  expect((await readDirectory(table, API)).tierOf).toEqual(
    new Map([
      ['k1', 'premium'],
      ['k2', 'basic'],
    ]),
  );
});

test('keeps no key value: not in the table, not in the log, not in its answer', async () => {
  const answer = await run();
  const everything = JSON.stringify([answer, world.logged, await queryItems(table, 'DIRECTORY#abc123def4/dev')]);
  expect(everything).not.toContain('secret');
  expect(everything).toContain('k1');
});

test('stores nothing when a plan cannot be read: the older directory stays whole', async () => {
  await run();
  world.aws.on(GetUsagePlanKeysCommand, { usagePlanId: 'planB' }).rejects(new Error('down'));
  await expect(run()).rejects.toThrow('down');
  expect((await readDirectory(table, API)).tierOf.size).toBe(2);
});

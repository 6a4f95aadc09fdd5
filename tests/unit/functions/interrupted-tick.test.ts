import { UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { createControl } from '../../../functions/control/control.ts';
import type { LawInput } from '../../../shared/law/types.ts';
import type { Decision } from '../../../shared/state/decisions.ts';
import { queryItems } from '../../../shared/state/items/table.ts';
import { type LocalTable, localTable } from '../state/dynalite.ts';
import { CONCLUSION, SCHEDULE, World } from './world.ts';

let table: LocalTable;
let world: World;
let run: (event: unknown) => Promise<void>;
/** Called when the law is asked. */
let onLaw: () => void;

beforeEach(async () => {
  table = await localTable();
  world = new World();
  onLaw = () => undefined;
  const law = ({ live }: LawInput<unknown>) => {
    onLaw();
    const desired = { ...live, stage: { '*/*': { rateRps: 800, burst: 40 } } };
    return { state: {}, conclusion: CONCLUSION, desired };
  };
  run = createControl(world.dependencies(table, law));
});
afterEach(async () => {
  jest.restoreAllMocks();
  world.restore();
  await table.close();
});

async function decisions(): Promise<Decision[]> {
  const items = await queryItems(table, 'DECISION#abc123def4/dev');
  return items.map((item) => JSON.parse(String(item.decision)) as Decision);
}

/** The next write of such an item fails, as if the function had died just before it. */
function dieBefore(text: string): void {
  const send = table.client.send.bind(table.client);
  let isDead = false;
  jest.spyOn(table.client, 'send').mockImplementation(async (command: { input: unknown }) => {
    if (!isDead && 'Item' in (command.input as object) && JSON.stringify(command.input).includes(text)) {
      isDead = true;
      throw new Error('The function died.');
    }
    return await send(command as Parameters<typeof send>[0]);
  });
}

test('a tick that died between its write and its record left a limit that no decision accounted for', async () => {
  dieBefore('"DECISION#');
  await expect(run(SCHEDULE)).rejects.toThrow('The function died.');
  expect(world.stage['*/*']?.throttlingRateLimit).toBe(800);
  expect(await decisions()).toEqual([]);
  world.now += 60_000;
  await run(SCHEDULE);
  const [first, second] = await decisions();
  expect(first).toMatchObject({
    atMs: world.now - 60_000,
    stageOutcome: 'written',
    before: { stage: { '*/*': { rateRps: 2000 } } },
    after: { stage: { '*/*': { rateRps: 800 } } },
  });
  expect(second).toMatchObject({ atMs: world.now, before: { stage: { '*/*': { rateRps: 800 } } } });
  expect(world.metric('DecisionCount')).toEqual([1, 1]);
});

test('a tick that died before its write is recorded as one whose write did not come to pass', async () => {
  world.aws.on(UpdateStageCommand).rejectsOnce(Object.assign(new Error('gone'), { name: 'InternalFailure' }));
  await expect(run(SCHEDULE)).rejects.toThrow('gone');
  world.now += 60_000;
  onLaw = () => world.aws.on(UpdateStageCommand).resolves({ methodSettings: world.stage });
  await run(SCHEDULE);
  expect((await decisions())[0]).toMatchObject({ atMs: world.now - 60_000, stageOutcome: 'deferred' });
});

test('a tick that died after its record is not recorded twice', async () => {
  dieBefore('"law"');
  await expect(run(SCHEDULE)).rejects.toThrow('The function died.');
  world.now += 60_000;
  await run(SCHEDULE);
  world.now += 60_000;
  await run(SCHEDULE);
  expect(await decisions()).toHaveLength(3);
  expect(world.metric('DecisionCount')).toEqual([1, 1, 1]);
});

test('two looks under one lease in the same millisecond have a record each', async () => {
  let nested: Promise<void> | undefined;
  onLaw = () => {
    nested ??= run(SCHEDULE);
  };
  await run(SCHEDULE);
  await nested;
  expect((await decisions()).length).toBe(2);
});

import { UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { type StartedControl, startControl } from '../../support/functions/start-control.ts';
import { SCHEDULE } from '../../support/functions/world.ts';

let control: StartedControl;
/** Called when the law is asked. */
let onLaw: () => void;

beforeEach(async () => {
  onLaw = () => undefined;
  control = await startControl(({ live }) => {
    onLaw();
    return { desired: { ...live, stage: { '*/*': { rateRps: 800, burst: 40 } } } };
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await control.close();
});

/** The next write of such an item fails, as if the function had died just before it. */
function dieBefore(text: string): void {
  const send = control.table.client.send.bind(control.table.client);
  let isDead = false;
  jest.spyOn(control.table.client, 'send').mockImplementation(async (command: { input: unknown }) => {
    if (!isDead && 'Item' in (command.input as object) && JSON.stringify(command.input).includes(text)) {
      isDead = true;
      throw new Error('The function died.');
    }
    return await send(command as Parameters<typeof send>[0]);
  });
}

test('a tick that died between its write and its record is recorded by the next, which found the write in force', async () => {
  dieBefore('"DECISION#');
  await expect(control.run(SCHEDULE)).rejects.toThrow('The function died.');
  expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(800);
  expect(await control.decisions()).toEqual([]);
  control.world.now += 60_000;
  await control.run(SCHEDULE);
  const [first, second] = await control.decisions();
  expect(first).toMatchObject({
    atMs: control.world.now - 60_000,
    stageOutcome: 'written',
    before: { stage: { '*/*': { rateRps: 2000 } } },
    after: { stage: { '*/*': { rateRps: 800 } } },
  });
  expect(second).toMatchObject({ atMs: control.world.now, before: { stage: { '*/*': { rateRps: 800 } } } });
  expect(control.world.metric('DecisionCount')).toEqual([1, 1]);
});

test('a tick that died before its write is recorded as one whose write did not come to pass', async () => {
  control.world.aws.on(UpdateStageCommand).rejectsOnce(Object.assign(new Error('gone'), { name: 'InternalFailure' }));
  await expect(control.run(SCHEDULE)).rejects.toThrow('gone');
  control.world.now += 60_000;
  onLaw = () => control.world.aws.on(UpdateStageCommand).resolves({ methodSettings: control.world.stage });
  await control.run(SCHEDULE);
  expect((await control.decisions())[0]).toMatchObject({ atMs: control.world.now - 60_000, stageOutcome: 'deferred' });
});

test('a tick that died after its record is not recorded twice', async () => {
  dieBefore('"law"');
  await expect(control.run(SCHEDULE)).rejects.toThrow('The function died.');
  control.world.now += 60_000;
  await control.run(SCHEDULE);
  control.world.now += 60_000;
  await control.run(SCHEDULE);
  expect(await control.decisions()).toHaveLength(3);
  expect(control.world.metric('DecisionCount')).toEqual([1, 1, 1]);
});

test('two looks under one lease in the same millisecond have a record each', async () => {
  let nested: Promise<void> | undefined;
  onLaw = () => {
    nested ??= control.run(SCHEDULE);
  };
  await control.run(SCHEDULE);
  await nested;
  expect((await control.decisions()).length).toBe(2);
});

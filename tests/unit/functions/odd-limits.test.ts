import { GetAccountCommand, GetUsagePlansCommand, UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { createControl } from '../../../functions/control/control.ts';
import { law as realLaw } from '../../../shared/law/law.ts';
import type { Law, LawInput, LawOutput } from '../../../shared/law/types.ts';
import type { Decision } from '../../../shared/state/decisions.ts';
import { readDesired } from '../../../shared/state/desired.ts';
import { queryItems } from '../../../shared/state/items/table.ts';
import { readWayBack } from '../../../shared/state/way-back.ts';
import { type LocalTable, localTable } from '../../support/functions/local-table.ts';
import { API, CONCLUSION, SCHEDULE, T0, World } from '../../support/functions/world.ts';

const MINUTE_MS = 60_000;
const setting = (throttlingRateLimit: number, throttlingBurstLimit: number) => ({
  throttlingRateLimit,
  throttlingBurstLimit,
});
const SHUT = setting(0, 0);

let table: LocalTable;
let world: World;
let wanted: LawOutput<unknown>['desired']['stage'];
let run: (event: unknown) => Promise<void>;

const asWanted: Law<unknown> = ({ live }: LawInput<unknown>) => ({
  state: 'kept',
  conclusion: CONCLUSION,
  desired: { ...live, stage: wanted },
});

beforeEach(async () => {
  table = await localTable();
  world = new World();
  wanted = { '*/*': { rateRps: 1500, burst: 45 } };
  start(asWanted);
});
afterEach(async () => {
  world.restore();
  await table.close();
});

function start(law: Law<unknown>): void {
  run = createControl(world.dependencies(table, law));
}

async function decisions(): Promise<Decision[]> {
  const items = await queryItems(table, 'DECISION#abc123def4/dev');
  return items.map((item) => JSON.parse(String(item.decision)) as Decision);
}
/** The last decision about limits, not about a parameter or a drift. */
const last = async () => (await decisions()).filter(({ rule }) => !/(^drift-|-ordered$)/.test(rule)).at(-1);
const drifts = async () => (await decisions()).map(({ rule }) => rule).filter((rule) => rule.startsWith('drift-'));
const stageRate = () => world.stage['*/*']?.throttlingRateLimit;
const beats = () => world.metric('Heartbeat').length;

async function minute(): Promise<Decision | undefined> {
  world.now += MINUTE_MS;
  await run(SCHEDULE);
  return await last();
}

async function minutesUntil(isOver: () => Promise<boolean>, most = 60): Promise<void> {
  for (let ticks = 0; ticks < most && !(await isOver()); ticks++) await minute();
}
const isBack = async () => (await readWayBack(table, API)) === undefined;
const inAnHour = () => new Date(world.now + 60 * MINUTE_MS).toISOString();

/** Settings that Tidegate cannot write: a method that somebody shut, or whose path may not be patched. */
const UNWRITABLE = [
  ['~1admin/GET', SHUT, '/admin/GET'],
  ['admin/GET', setting(0.05, 1), '/admin/GET'],
  ['~1admin/GET', setting(500, 0), '/admin/GET'],
  ['~1a%20b/GET', setting(500, 25), '/a%20b/GET'],
  ['*/GET', setting(500, 25), '*/GET'],
] as const;

describe.each(UNWRITABLE)('a method that cannot be written, %s at %j,', (key, found, method) => {
  beforeEach(() => {
    world.stage[key] = { ...found };
    world.stage['orders/POST'] = setting(2000, 5000);
  });

  test('keeps no kill from the rest of the stage, is left as it is, and is named', async () => {
    world.override({ action: 'kill' });
    const decision = await minute();
    expect({ rate: stageRate(), orders: world.stage['orders/POST'] }).toEqual({ rate: 100, orders: setting(100, 25) });
    expect(world.stage[key]).toEqual(found);
    expect(decision).toMatchObject({ rule: 'override-kill', stageOutcome: 'written' });
    expect(decision?.reason).toContain(`Left as it is: stage ${method}`);
    expect(decision?.after?.stage[method]).toEqual(decision?.before?.stage[method]);
    expect(await minute()).toMatchObject({ rule: 'override-kill', stageOutcome: 'unchanged' });
    expect(beats()).toBe(2);
  });

  test('keeps no pin from the rest of the stage', async () => {
    await minute();
    world.override({ action: 'pin', until: inAnHour(), stage: { rateRps: 50, burst: 10 } });
    expect(await minute()).toMatchObject({ rule: 'override-pin', stageOutcome: 'written' });
    expect({ rate: stageRate(), orders: world.stage['orders/POST'] }).toEqual({ rate: 50, orders: setting(50, 10) });
    expect(world.stage[key]).toEqual(found);
  });

  test('keeps nothing from its way back after a kill', async () => {
    world.override({ action: 'kill' });
    await minute();
    world.override({ action: 'resume' }, 2);
    await minutesUntil(isBack);
    expect({ rate: stageRate(), orders: world.stage['orders/POST'] }).toEqual({
      rate: 1500,
      orders: setting(1500, 45),
    });
    expect(world.stage[key]).toEqual(found);
    expect(await isBack()).toBe(true);
  });

  test('keeps the law from no other limit', async () => {
    expect(await minute()).toMatchObject({ rule: 'test-rule', stageOutcome: 'written' });
    expect({ rate: stageRate(), orders: world.stage['orders/POST'] }).toEqual({
      rate: 1500,
      orders: setting(1500, 45),
    });
    expect(world.stage[key]).toEqual(found);
    expect(await minute()).toMatchObject({ stageOutcome: 'unchanged' });
  });
});

describe('a limit that a person changed, and that is held,', () => {
  test.each([
    ['shut', SHUT],
    ['without a throttle of its own', setting(-1, -1)],
    ['above the deployed limit', setting(3000, 5000)],
    ['as any other', setting(700, 7)],
  ])('%s, keeps the law from no other limit, and is held to the end', async (_, edited) => {
    world.policy({ mode: 'enforce', drift: { holdSeconds: 240 } });
    world.stage['~1admin/GET'] = setting(1500, 45);
    await minute();
    world.stage['~1admin/GET'] = { ...edited };
    for (const rateRps of [800, 600, 400]) {
      wanted = { '*/*': { rateRps, burst: 40 } };
      expect(await minute()).toMatchObject({ stageOutcome: 'written' });
      expect({ rate: stageRate(), admin: world.stage['~1admin/GET'] }).toEqual({ rate: rateRps, admin: edited });
    }
    expect(await drifts()).toEqual(['drift-unknown']);
    expect((await readDesired(table, API))?.stage).not.toHaveProperty(['/admin/GET']);
    await minute();
    await minute();
    expect(world.stage['~1admin/GET']).toEqual(setting(400, 40));
    expect(await drifts()).toEqual(['drift-unknown', 'drift-hold-over']);
  });

  test('and put back by that person, is held no longer, whatever was written meanwhile', async () => {
    world.stage['~1admin/GET'] = setting(2000, 5000);
    await minute();
    world.stage['~1admin/GET'] = { ...SHUT };
    await minute();
    wanted = { '*/*': { rateRps: 800, burst: 40 } };
    await minute();
    world.stage['~1admin/GET'] = setting(1500, 45);
    await minute();
    expect(await drifts()).toEqual(['drift-unknown', 'drift-over']);
    expect(world.stage['~1admin/GET']).toEqual(setting(800, 40));
  });

  test('the default of the stage, lets the law write the methods that have limits of their own', async () => {
    world.stage['~1admin/GET'] = setting(1500, 45);
    await minute();
    world.stage['*/*'] = setting(0, 0);
    wanted = { '*/*': { rateRps: 400, burst: 40 } };
    await minute();
    expect(world.stage).toEqual({ '*/*': SHUT, '~1admin/GET': setting(400, 40) });
  });

  test('in the plan of a tier, is nothing that the plan writer has to write', async () => {
    await minute();
    world.plans.planB = { rateLimit: 70, burstLimit: 70 };
    await minute();
    expect(Object.keys((await readDesired(table, API))?.plans ?? {})).toEqual(['premium']);
  });
});

describe('a limit that somebody shut before the first look', () => {
  test('of the stage, stays shut, and every decision says so', async () => {
    start(realLaw as Law<unknown>);
    world.stage['*/*'] = { ...SHUT };
    for (let ticks = 0; ticks < 3; ticks++) {
      expect((await minute())?.reason).toContain('Left as it is: stage */* at 0 rps, burst 0 (somebody shut it)');
    }
    expect(world.stage['*/*']).toEqual(SHUT);
    expect(beats()).toBe(3);
  });

  test('of the stage, is opened by a resume that comes later, and not by one from before', async () => {
    start(realLaw as Law<unknown>);
    world.stage['*/*'] = { ...SHUT };
    world.override({ action: 'resume' });
    await minute();
    await minute();
    expect(world.stage['*/*']).toEqual(SHUT);
    world.override({ action: 'resume' }, 2);
    await minute();
    expect(stageRate()).toBe(2000);
  });

  test('of the stage, is opened by a pin', async () => {
    world.stage['*/*'] = { ...SHUT };
    await minute();
    world.override({ action: 'pin', until: inAnHour(), stage: { rateRps: 50, burst: 10 } });
    await minute();
    expect(world.stage['*/*']).toEqual(setting(50, 10));
  });

  test('of the stage, comes back after a kill and a resume, from the emergency floor in steps', async () => {
    world.stage['*/*'] = { ...SHUT };
    await minute();
    world.override({ action: 'kill' });
    await minute();
    expect(world.stage['*/*']).toEqual(SHUT);
    world.override({ action: 'resume' }, 2);
    await minute();
    expect(stageRate()).toBe(100);
    await minute();
    expect(stageRate()).toBe(150);
    await minutesUntil(isBack);
    expect(stageRate()).toBe(1500);
  });

  test('of a plan, stays shut until a pin of its tier', async () => {
    world.plans.planB = { rateLimit: 0, burstLimit: 0 };
    await minute();
    expect(Object.keys((await readDesired(table, API))?.plans ?? {})).toEqual(['premium']);
    expect((await last())?.reason).toContain('Left as it is: tier basic at 0 rps, burst 0 (somebody shut it)');
    world.override({ action: 'pin', until: inAnHour(), tiers: { basic: { rateRps: 20, burst: 40 } } });
    await minute();
    expect((await readDesired(table, API))?.plans.basic?.limit).toEqual({ rateRps: 20, burst: 40 });
  });

  test('of a method, and adopted from a person, stays shut', async () => {
    world.policy({ mode: 'enforce', drift: { unknown: 'adopt' } });
    world.stage['~1admin/GET'] = setting(1500, 45);
    await minute();
    world.stage['~1admin/GET'] = { ...SHUT };
    for (const rateRps of [800, 600]) {
      wanted = { '*/*': { rateRps, burst: 40 } };
      await minute();
      expect({ rate: stageRate(), admin: world.stage['~1admin/GET'] }).toEqual({ rate: rateRps, admin: SHUT });
    }
  });
});

describe('a kill needs nothing but the stage:', () => {
  beforeEach(() => {
    world.override({ action: 'kill' });
  });
  const failing: Law<unknown> = () => {
    throw new Error('a law that is broken');
  };

  test('a law that fails keeps no kill, and no pin of the stage, from being carried out', async () => {
    start(failing);
    const decision = await minute();
    expect(decision).toMatchObject({ rule: 'override-kill', stageOutcome: 'written' });
    expect(decision?.reason).toContain('The law cannot decide: Error: a law that is broken');
    expect(stageRate()).toBe(100);
    world.override({ action: 'pin', until: inAnHour(), stage: { rateRps: 50, burst: 10 } }, 2);
    await minute();
    expect(stageRate()).toBe(50);
    expect(beats()).toBe(2);
  });

  test('a law that fails under no override, or under one that leaves it the stage, is a tick that failed', async () => {
    start(failing);
    for (const override of [undefined, { action: 'resume' }, { action: 'pin', until: inAnHour(), tiers: {} }]) {
      world.override(override);
      await expect(minute()).rejects.toThrow('The law cannot decide');
    }
    expect(beats()).toBe(0);
  });

  test('the law goes on from the state that it had before it failed', async () => {
    const states: unknown[] = [];
    start(asWanted);
    await minute();
    start(failing);
    await minute();
    start((input) => {
      states.push(input.state);
      return asWanted(input);
    });
    await minute();
    expect(states).toEqual(['kept']);
  });

  test.each([
    ['GetUsagePlans does not answer', () => world.aws.on(GetUsagePlansCommand).rejects(new Error('down'))],
    [
      'GetUsagePlans is refused',
      () =>
        world.aws
          .on(GetUsagePlansCommand)
          .rejects(Object.assign(new Error('slow down'), { name: 'TooManyRequestsException' })),
    ],
    ['GetAccount does not answer', () => world.aws.on(GetAccountCommand).rejects(new Error('down'))],
    ['GetAccount knows no limit', () => world.aws.on(GetAccountCommand).resolves({})],
    ['one method has a limit that is none', () => Object.assign(world.stage, { '~1admin/GET': setting(-2, 5) })],
    ['the stage has a limit that is none', () => Object.assign(world.stage, { '*/*': setting(-2, 5) })],
  ])('%s', async (_, damage) => {
    damage();
    expect(await minute()).toMatchObject({ rule: 'override-kill', stageOutcome: 'written' });
    for (const each of Object.values(world.stage)) expect(each).toEqual(setting(100, 25));
    expect(beats()).toBe(1);
    expect(world.aws.commandCalls(UpdateStageCommand)).toHaveLength(1);
  });

  test('plans that cannot be read are noted before they are pinned', async () => {
    const basic = { rateRps: 20, burst: 40 };
    world.override({ action: 'pin', until: inAnHour(), stage: { rateRps: 50, burst: 10 }, tiers: { basic } }, 2);
    world.aws
      .on(GetUsagePlansCommand)
      .rejectsOnce(new Error('down'))
      .callsFake(() => ({
        items: Object.entries(world.plans).map(([id, throttle]) => ({ id, throttle })),
      }));
    await minute();
    expect(stageRate()).toBe(50);
    expect((await readDesired(table, API))?.plans).toEqual({});
    await minute();
    expect((await readDesired(table, API))?.plans.basic?.limit).toEqual(basic);
    expect((await readWayBack(table, API))?.restorePoint.tiers.basic).toEqual({ rateRps: 100, burst: 200 });
  });
});

describe('without an override', () => {
  test('plans that cannot be read are a tick that failed', async () => {
    world.aws.on(GetUsagePlansCommand).rejects(new Error('down'));
    await expect(minute()).rejects.toThrow('down');
    expect(beats()).toBe(0);
  });

  test('an account without a limit is bounded by the deployed limit of the stage, and the log says so', async () => {
    world.aws.on(GetAccountCommand).resolves({});
    wanted = { '*/*': { rateRps: 5000, burst: 6000 } };
    await minute();
    expect(world.stage['*/*']).toEqual(setting(2000, 5000));
    expect(world.logged.join()).toContain('GetAccount returned no throttle limit');
    expect(beats()).toBe(1);
  });

  test('a method whose limit is none is left as it is, is named, and stops no tick', async () => {
    world.stage['~1admin/GET'] = setting(-2, 5);
    expect((await minute())?.reason).toContain('Left as it is: stage /admin/GET');
    expect(world.stage).toEqual({ '*/*': setting(1500, 45), '~1admin/GET': setting(-2, 5) });
    expect(beats()).toBe(1);
  });

  test('a stage whose limit is none is no ground for a decision', async () => {
    world.stage['*/*'] = setting(-2, 5);
    await expect(minute()).rejects.toThrow('-2 rps, burst 5');
    expect(beats()).toBe(0);
  });

  test('a default that is no number is refused, and control does not beat', async () => {
    wanted = { '*/*': { rateRps: Number.NaN, burst: 5 }, '/admin/GET': { rateRps: 5, burst: 5 } };
    expect(await minute()).toMatchObject({ stageOutcome: 'refused' });
    expect(world.stage).toEqual({ '*/*': setting(2000, 5000) });
    expect({ refused: world.metric('WritesRefused'), beats: beats() }).toEqual({ refused: [1], beats: 0 });
  });
});

describe('the way back, where the policy does not enforce,', () => {
  beforeEach(() => {
    world.policy({ mode: 'shadow' });
  });

  test('ends at the account’s limit, if that sank below the restore point', async () => {
    world.override({ action: 'kill' });
    await minute();
    world.override({ action: 'resume' }, 2);
    const lowered = { throttleSettings: { rateLimit: 1000, burstLimit: 500 } };
    world.aws.on(GetAccountCommand).resolves(lowered);
    start(asWanted);
    await minutesUntil(isBack);
    expect(await isBack()).toBe(true);
    expect(world.stage['*/*']).toEqual(setting(1000, 500));
  });

  test('ends with a plan whose rate had more decimals than are kept', async () => {
    world.plans.planB = { rateLimit: 0.149, burstLimit: 5 };
    world.override({
      action: 'pin',
      until: new Date(T0 + 90_000).toISOString(),
      tiers: { basic: { rateRps: 20, burst: 40 } },
    });
    await minute();
    world.plans.planB = { rateLimit: 20, burstLimit: 40 };
    await minute();
    const back = (await readDesired(table, API))?.plans.basic?.limit ?? { rateRps: 0, burst: 0 };
    world.plans.planB = { rateLimit: back.rateRps, burstLimit: back.burst };
    await minute();
    expect(await isBack()).toBe(true);
  });

  test('ends at a stage that was shut when it was killed, and leaves it shut', async () => {
    world.stage['*/*'] = { ...SHUT };
    world.stage['orders/POST'] = setting(800, 80);
    world.override({ action: 'kill' });
    await minute();
    world.override({ action: 'resume' }, 2);
    await minutesUntil(isBack);
    expect(world.stage).toEqual({ '*/*': SHUT, 'orders/POST': setting(800, 80) });
    expect(await isBack()).toBe(true);
  });

  test('moves no limit that is held', async () => {
    world.policy({ mode: 'enforce' });
    const pin = {
      action: 'pin',
      until: new Date(T0 + 90_000).toISOString(),
      tiers: { basic: { rateRps: 20, burst: 40 } },
    };
    world.override(pin);
    await minute();
    world.plans.planB = { rateLimit: 20, burstLimit: 40 };
    world.override({ ...pin, tiers: { premium: { rateRps: 30, burst: 60 } } }, 2);
    world.now = T0 + 70_000;
    await run(SCHEDULE);
    world.plans.planP = { rateLimit: 30, burstLimit: 60 };
    world.plans.planB = { rateLimit: 77, burstLimit: 77 };
    world.now = T0 + 80_000;
    await run(SCHEDULE);
    const held = world.parameters;
    world.policy({ mode: 'shadow' }, 2);
    world.parameters.push(...held.slice(1));
    await minute();
    const desired = await readDesired(table, API);
    expect(Object.keys(desired?.plans ?? {})).toEqual(['premium']);
  });
});

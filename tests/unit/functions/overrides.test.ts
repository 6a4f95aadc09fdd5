import { UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { GetParameterHistoryCommand, GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { createControl } from '../../../functions/control/control.ts';
import type { LawInput, LawOutput } from '../../../shared/law/types.ts';
import { STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import type { Decision } from '../../../shared/state/decisions.ts';
import { readDesired } from '../../../shared/state/desired.ts';
import { readGoverned } from '../../../shared/state/governed-names.ts';
import { putItem, queryItems } from '../../../shared/state/items/table.ts';
import { takeLease } from '../../../shared/state/lease.ts';
import { readWayBack } from '../../../shared/state/way-back.ts';
import { type LocalTable, localTable } from '../state/dynalite.ts';
import {
  ALARM,
  API,
  AUTHOR,
  CIPHERTEXT,
  CONCLUSION,
  OVERRIDE_NAME,
  POLICY_NAME,
  SCHEDULE,
  T0,
  World,
} from './world.ts';

const MINUTE_MS = 60_000;
const LAW_WANTS = 1500;

let table: LocalTable;
let world: World;
let inputs: LawInput<unknown>[];
let answer: (input: LawInput<unknown>) => Partial<LawOutput<unknown>>;
let run: (event: unknown) => Promise<void>;

beforeEach(async () => {
  table = await localTable();
  world = new World();
  inputs = [];
  answer = ({ live }) => ({ desired: { ...live, stage: { '*/*': { rateRps: LAW_WANTS, burst: 45 } } } });
  run = createControl(
    world.dependencies(table, (input) => {
      inputs.push(input);
      return { state: { seen: inputs.length }, conclusion: CONCLUSION, desired: input.live, ...answer(input) };
    }),
  );
});
afterEach(async () => {
  world.restore();
  await table.close();
});

async function decisions(): Promise<Decision[]> {
  const items = await queryItems(table, 'DECISION#abc123def4/dev');
  return items.map((item) => JSON.parse(String(item.decision)) as Decision);
}
/** The last decision about limits, not about a parameter. */
const last = async () => (await decisions()).filter(({ rule }) => !/-(ordered|rejected)$/.test(rule)).at(-1);
const stageRate = () => world.stage['*/*']?.throttlingRateLimit;

/** The next scheduled tick. */
async function minute(): Promise<Decision | undefined> {
  world.now += MINUTE_MS;
  await run(SCHEDULE);
  return await last();
}

describe('pause', () => {
  test('keeps every present value, writes nothing, leaves nothing under way; the law watches on', async () => {
    answer = ({ live }) => ({ desired: { ...live, tiers: { ...live.tiers, premium: { rateRps: 300, burst: 50 } } } });
    await run(SCHEDULE);
    expect(Object.keys((await readDesired(table, API))?.plans ?? {})).toContain('premium');
    world.override({ action: 'pause', reason: 'a migration' });
    const decision = await minute();
    expect(decision).toMatchObject({ kind: 'hold', rule: 'override-pause', mode: 'paused' });
    expect(decision?.reason).toContain(`Paused by ${AUTHOR} at 2031-01-01T00:00:00.000Z, version 1 ("a migration")`);
    expect(decision?.reason).toContain('test-rule: Because.');
    expect(await readDesired(table, API)).toBeUndefined();
    world.stage['*/*'] = { throttlingRateLimit: 777, throttlingBurstLimit: 7 };
    await minute();
    expect(stageRate()).toBe(777);
    expect(inputs).toHaveLength(3);
    expect(inputs.at(-1)?.policy.mode).toBe('shadow');
  });
});

describe('kill', () => {
  test('takes the stage to its floor at once, notes what was, and is written whatever the policy says', async () => {
    world.policy({ mode: 'shadow' });
    await run(SCHEDULE);
    expect(stageRate()).toBe(2000);
    world.override({ action: 'kill' });
    const decision = await minute();
    expect(stageRate()).toBe(100);
    expect(decision).toMatchObject({ kind: 'brake', rule: 'override-kill', mode: 'enforce', stageOutcome: 'written' });
    expect((await readWayBack(table, API))?.restorePoint.stage).toEqual({ '*/*': { rateRps: 2000, burst: 5000 } });
    expect(world.plans.planP?.rateLimit).toBe(2000);
    world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    await minute();
    expect(stageRate()).toBe(100);
  });

  test('keeps the restore point when the stage cannot be written at once', async () => {
    world.override({ action: 'kill' });
    world.aws.on(UpdateStageCommand).rejects(Object.assign(new Error('busy'), { name: 'ConflictException' }));
    await run(SCHEDULE);
    expect(await last()).toMatchObject({ rule: 'override-kill', stageOutcome: 'deferred' });
    expect((await readWayBack(table, API))?.restorePoint.stage['*/*']?.rateRps).toBe(2000);
    await minute();
    expect((await readWayBack(table, API))?.restorePoint.stage['*/*']?.rateRps).toBe(2000);
  });

  test('works while the switch is set to pause, when an alarm triggers, and with a floor of its own', async () => {
    world.switch = 'pause';
    world.override({ action: 'kill', floor: { rateRps: 5, burst: 2 } });
    await run(ALARM);
    expect(world.stage['*/*']).toEqual({ throttlingRateLimit: 5, throttlingBurstLimit: 2 });
  });

  test('a law without memory does not take the floor for its own', async () => {
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    expect(inputs[0]?.live.stage[STAGE_DEFAULT]?.rateRps).toBe(2000);
  });
});

describe('resume', () => {
  test('leads the stage back from the live value in guardrail steps, then leaves it to the law', async () => {
    await run(SCHEDULE);
    world.override({ action: 'kill' });
    await minute();
    world.override({ action: 'resume' }, 2);
    const rates = [stageRate() ?? 0];
    for (let ticks = 0; ticks < 40 && (await readWayBack(table, API)); ticks++) {
      expect(await minute()).toMatchObject({ rule: 'override-over' });
      rates.push(stageRate() ?? 0);
    }
    const share = inputs[0]?.policy.guardrails.largestStepUpShare ?? 0;
    for (const [index, rate] of rates.entries()) {
      if (index > 0) expect(rate).toBeLessThanOrEqual((rates[index - 1] ?? 0) * (1 + share) + 0.01);
    }
    expect(rates.at(-1)).toBe(LAW_WANTS);
    expect(inputs.at(-1)?.policy.mode).toBe('enforce');
    expect(await minute()).toMatchObject({ rule: 'test-rule' });
  });

  test('does not step twice within one cooldown, however many triggers come', async () => {
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    world.override({ action: 'resume' }, 2);
    await minute();
    const rate = stageRate();
    for (let times = 0; times < 5; times++) {
      world.now += 1000;
      await run(SCHEDULE);
    }
    expect(stageRate()).toBe(rate);
  });

  test('an alarm in the midst of the way back neither raises nor ends it', async () => {
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    world.override({ action: 'resume' }, 2);
    world.now += MINUTE_MS;
    await run(ALARM);
    expect(stageRate()).toBe(100);
    expect(await readWayBack(table, API)).toBeDefined();
  });

  test('outside enforce, what was killed goes back to where it was', async () => {
    world.policy({ mode: 'shadow' });
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    world.override({ action: 'resume' }, 2);
    for (let ticks = 0; ticks < 40 && (await readWayBack(table, API)); ticks++) await minute();
    expect(world.stage['*/*']).toEqual({ throttlingRateLimit: 2000, throttlingBurstLimit: 5000 });
    expect(await minute()).toMatchObject({ mode: 'shadow', stageOutcome: 'not-enforced' });
  });

  test('a deleted parameter resumes too', async () => {
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    world.override();
    expect((await minute())?.reason).toContain('The override parameter is gone');
    expect(stageRate()).toBeGreaterThan(100);
  });
});

describe('pin', () => {
  const until = new Date(T0 + 5 * MINUTE_MS).toISOString();

  test('holds a tier while the law goes on with the rest, and ends by itself', async () => {
    world.override({ action: 'pin', until, tiers: { basic: { rateRps: 20, burst: 4 } } });
    await run(SCHEDULE);
    expect(stageRate()).toBe(LAW_WANTS);
    expect((await readDesired(table, API))?.plans.basic?.limit).toEqual({ rateRps: 20, burst: 4 });
    expect(inputs[0]?.policy.mode).toBe('enforce');
    expect((await last())?.reason).toContain(`basic held until ${until}`);
    world.now = T0 + 5 * MINUTE_MS;
    answer = ({ live }) => ({ desired: { ...live, tiers: { ...live.tiers, basic: { rateRps: 100, burst: 200 } } } });
    await run(SCHEDULE);
    expect(await last()).toMatchObject({ rule: 'override-over' });
    expect((await last())?.reason).toContain('the pin ended at');
    expect((await readDesired(table, API))?.plans.basic?.limit).toEqual({ rateRps: 100, burst: 200 });
    expect(await readWayBack(table, API)).toBeUndefined();
  });

  test('that differs from what is in force by a hair was not worth a plan write', async () => {
    world.override({ action: 'pin', until, tiers: { basic: { rateRps: 99, burst: 200 } } });
    await run(SCHEDULE);
    expect(world.metric('PlanWriteBacklog')).toEqual([1]);
  });

  test("says what the law did beside it, in the law's own words", async () => {
    const moved = { stage: { '*/*': { rateRps: 900, burst: 27 } } };
    answer = ({ live }) => ({ desired: { ...live, ...moved }, conclusion: { ...CONCLUSION, kind: 'brake' } });
    world.override({ action: 'pin', until, tiers: { basic: { rateRps: 20, burst: 4 } } });
    await run(SCHEDULE);
    expect(await last()).toMatchObject({ kind: 'brake', rule: 'test-rule', guard: 'override-pin' });
  });

  test('holds the stage, every method of it, and the plans with it', async () => {
    world.stage['orders/POST'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    answer = ({ live }) => ({ desired: { ...live, tiers: { ...live.tiers, premium: { rateRps: 1, burst: 1 } } } });
    world.override({ action: 'pin', until, stage: { rateRps: 300, burst: 30 } });
    await run(SCHEDULE);
    const pinned = { throttlingRateLimit: 300, throttlingBurstLimit: 30 };
    expect(world.stage).toEqual({ '*/*': pinned, 'orders/POST': pinned });
    expect((await readDesired(table, API))?.plans.premium?.limit.rateRps).toBe(2000);
    expect(await last()).toMatchObject({ kind: 'tighten', rule: 'override-pin' });
  });

  test('of a tier after a kill: the stage goes back in steps meanwhile', async () => {
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    world.override({ action: 'pin', until: '2031-01-02T00:00:00Z', tiers: { basic: { rateRps: 20, burst: 4 } } }, 2);
    await minute();
    expect(stageRate()).toBeGreaterThan(100);
    expect(stageRate()).toBeLessThan(LAW_WANTS);
  });
});

describe('the override parameter', () => {
  test('is recorded and announced once, with who, when and why', async () => {
    world.override({ action: 'kill', reason: 'fire' });
    for (let times = 0; times < 3; times++) await minute();
    const orders = (await decisions()).filter(({ rule }) => rule === 'override-kill-ordered');
    expect(orders).toHaveLength(1);
    expect(orders[0]).toMatchObject({ atMs: T0, kind: 'hold' });
    expect(orders[0]?.reason).toBe(
      `${OVERRIDE_NAME}: "kill" was put by ${AUTHOR} at 2031-01-01T00:00:00.000Z, version 1 ("fire"). The next decision carries the override out.`,
    );
    expect(world.announced().map(({ detail }) => detail.rule)).toEqual(['override-kill-ordered']);
    expect(world.ssm.commandCalls(GetParameterHistoryCommand)).toHaveLength(1);
  });

  test('works when nobody can say who put it', async () => {
    world.ssm.on(GetParameterHistoryCommand).rejects(new Error('rationed'));
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    expect(stageRate()).toBe(100);
    expect((await last())?.reason).toContain('Killed by someone AWS did not name at');
  });

  test('that is broken holds the last good one, and is announced once', async () => {
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    world.override({ action: 'resum' }, 2);
    for (let times = 0; times < 3; times++) await minute();
    expect(stageRate()).toBe(100);
    expect(await last()).toMatchObject({ rule: 'override-kill' });
    const refusals = (await decisions()).filter(({ rule }) => rule === 'override-rejected');
    expect(refusals).toHaveLength(1);
    expect(refusals[0]?.reason).toContain('found "resum"');
    expect(refusals[0]?.reason).toContain('Version 1 (kill) stays in force.');
    expect(world.announced().filter(({ detail }) => detail.rule === 'override-rejected')).toHaveLength(1);
  });

  test('that was never good brakes nothing', async () => {
    world.override({ action: 'stop' });
    await run(SCHEDULE);
    expect(stageRate()).toBe(LAW_WANTS);
    expect((await decisions()).find(({ rule }) => rule === 'override-rejected')?.reason).toContain('No override is in');
  });

  test('naming a tier that is not deployed is refused', async () => {
    world.override({ action: 'pin', until: '2031-01-02T00:00:00Z', tiers: { gold: { rateRps: 1, burst: 1 } } });
    await run(SCHEDULE);
    expect((await decisions()).find(({ rule }) => rule === 'override-rejected')?.reason).toContain(
      'tiers.gold: expected one of premium, basic',
    );
  });

  test('stays as it was while Parameter Store does not answer', async () => {
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    world.ssm.on(GetParametersByPathCommand).rejects(new Error('down'));
    world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    await minute();
    expect(stageRate()).toBe(100);
    expect((await last())?.reason).toContain(AUTHOR);
  });

  test('works under a policy that was never any good, and under none at all', async () => {
    world.parameters = [{ Name: POLICY_NAME, Value: 'nonsense', Version: 1 }];
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    expect(stageRate()).toBe(100);
    expect(await last()).toMatchObject({ policy: { name: POLICY_NAME, version: 0 }, rule: 'override-kill' });
    world.parameters = world.parameters.filter(({ Name }) => Name !== POLICY_NAME);
    world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    await minute();
    expect(stageRate()).toBe(100);
  });

  test('and a policy that turns bad under a kill changes nothing about it', async () => {
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    world.parameters = world.parameters.map((each) =>
      each.Name === POLICY_NAME ? { ...each, Value: '{"api":', Version: 2 } : each,
    );
    await minute();
    expect(await last()).toMatchObject({ rule: 'override-kill', policy: { version: 1 } });
  });

  test('of a name that no policy has brakes nothing, and says so', async () => {
    const Value = '{"action":"kill"}';
    world.parameters.push({ Name: '/tidegate/dev/overrides/defualt', Value, Version: 1 });
    await run(SCHEDULE);
    expect(stageRate()).toBe(LAW_WANTS);
    const refusal = (await decisions()).find(({ rule }) => rule === 'override-rejected');
    expect(refusal?.reason).toContain('Fix: use the name of a policy that does: default.');
  });

  test('an edit whose event met a tick at work was not carried out before the next minute', async () => {
    let isPut = false;
    answer = () => {
      if (!isPut) {
        isPut = true;
        world.override({ action: 'kill' });
        void takeLease(table, API, world.now);
      }
      return {};
    };
    world.aws.on(UpdateStageCommand).callsFake((input) => {
      for (const { path, value } of input.patchOperations) {
        if (path === '/*/*/throttling/rateLimit')
          world.stage['*/*'] = { throttlingRateLimit: Number(value), throttlingBurstLimit: 25 };
      }
      return { methodSettings: structuredClone(world.stage) };
    });
    await run(SCHEDULE);
    expect(stageRate()).toBe(100);
  });
});

describe('a SecureString', () => {
  const secure = (isSealed: boolean, Value = '{"action":"kill"}', Name = OVERRIDE_NAME, Version = 1) =>
    void world.parameters.push({
      Name,
      Value,
      Version,
      Type: 'SecureString',
      isSealed,
      LastModifiedDate: new Date(T0),
    });
  const rejections = async () => (await decisions()).filter(({ rule }) => /-rejected$/.test(rule));

  test('kill is carried out where it may be decrypted', async () => {
    secure(false);
    await run(SCHEDULE);
    expect(stageRate()).toBe(100);
  });

  test('that may not be decrypted disables nothing else, and its refusal says SecureString and what to do', async () => {
    world.override({ action: 'kill' });
    secure(true, 'sealed', '/tidegate/dev/overrides/other');
    await run(SCHEDULE);
    expect(stageRate()).toBe(100);
    const [refusal] = await rejections();
    expect(refusal?.reason).toContain('/tidegate/dev/overrides/other version 1: The parameter is a SecureString');
    expect(refusal?.reason).toContain('store the parameter as type String');
    expect(refusal?.reason).not.toContain(CIPHERTEXT);
    expect(refusal?.reason).not.toContain('comma');
  });

  test('that was read before stays in force while it cannot be decrypted', async () => {
    secure(false);
    await run(SCHEDULE);
    for (const each of world.parameters) if (each.Type) each.isSealed = true;
    world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    await minute();
    expect(stageRate()).toBe(100);
    expect(await rejections()).toEqual([]);
  });

  test('policy that may not be decrypted leaves the last good one in force', async () => {
    await run(SCHEDULE);
    world.parameters = [];
    secure(true, 'sealed', POLICY_NAME, 2);
    expect(await minute()).toMatchObject({ policy: { version: 1, refused: { version: 2 } }, mode: 'enforce' });
    expect((await rejections())[0]?.reason).toContain('The parameter is a SecureString');
  });

  test('switch holds everything but a kill while it cannot be decrypted, and says so', async () => {
    secure(true, 'run', '/tidegate/dev/switch', 4);
    await run(SCHEDULE);
    expect(await last()).toMatchObject({ rule: 'paused' });
    expect((await rejections()).map(({ rule, reason }) => [rule, reason])).toEqual([
      [
        'switch-rejected',
        expect.stringMatching(/switch version 4: The parameter is a SecureString .* every limit stays as it is/),
      ],
    ]);
    world.override({ action: 'kill' });
    await minute();
    expect(stageRate()).toBe(100);
    expect(await rejections()).toHaveLength(1);
  });
});

test('a kill from a file that begins with a byte order mark is carried out', async () => {
  world.parameters.push({ Name: OVERRIDE_NAME, Value: '\ufeff{"action":"kill"}', Version: 1 });
  await run(SCHEDULE);
  expect(stageRate()).toBe(100);
});

describe('a pin above the deployed baseline', () => {
  const pin = {
    action: 'pin',
    until: new Date(T0 + 5 * MINUTE_MS).toISOString(),
    stage: { rateRps: 9000, burst: 4000 },
  };

  test('is refused, and nothing moves', async () => {
    world.override(pin);
    await run(SCHEDULE);
    expect(stageRate()).toBe(LAW_WANTS);
    const refusal = (await decisions()).find(({ rule }) => rule === 'override-rejected');
    expect(refusal?.reason).toContain('stage: expected at most the deployed baseline, 2000/5000; found 9000/4000');
  });

  test('is carried out with the word for it, and both the notice and the decision say that it is above', async () => {
    world.override({ ...pin, aboveBaseline: true });
    await run(SCHEDULE);
    expect(stageRate()).toBe(9000);
    const excess = 'The pin exceeds the deployed baseline: stage at 9000/4000 instead of 2000/5000.';
    expect((await last())?.reason).toContain(excess);
    expect(world.announced().map(({ detail }) => detail.reason)).toEqual([expect.stringContaining(excess)]);
  });

  test('and until the year 9999 is refused', async () => {
    world.override({ ...pin, stage: { rateRps: 50, burst: 5 }, until: '9999-01-01T00:00:00Z' });
    await run(SCHEDULE);
    expect(stageRate()).toBe(LAW_WANTS);
    const refusal = (await decisions()).find(({ rule }) => rule === 'override-rejected');
    expect(refusal?.reason).toContain('until: expected a time at most 7 days after the edit');
    // It does not come into force years later, when its end is near.
    world.now = Date.parse('9998-12-31T00:00:00Z');
    await run(SCHEDULE);
    expect(stageRate()).toBe(LAW_WANTS);
  });
});

describe('an API whose policy and override are both deleted', () => {
  const steps = async (atMost = 40): Promise<number[]> => {
    const rates = [stageRate() ?? 0];
    for (let ticks = 0; ticks < atMost && (await last())?.rule !== 'released'; ticks++) {
      await minute();
      rates.push(stageRate() ?? 0);
    }
    return rates;
  };

  test('during a kill is led back in steps to its deployed limits, then let go with a last decision', async () => {
    world.override({ action: 'kill', floor: { rateRps: 5, burst: 2 } });
    await run(SCHEDULE);
    expect(stageRate()).toBe(5);
    world.parameters = [];
    expect(await minute()).toMatchObject({ rule: 'override-over', policy: { name: POLICY_NAME, version: 1 } });
    const rates = await steps();
    for (const [index, rate] of rates.entries())
      if (index > 0) expect(rate).toBeLessThanOrEqual((rates[index - 1] ?? 0) * 1.5 + 0.01);
    expect(rates.at(-1)).toBe(2000);
    expect((await last())?.reason).toContain('Control changes none of them');
    expect(await readDesired(table, API)).toBeUndefined();
    const count = (await decisions()).length;
    await minute();
    expect(await decisions()).toHaveLength(count);
    expect(world.metric('Heartbeat').at(-1)).toBe(1);
  });

  test('goes back to where the kill found it where the policy did not enforce', async () => {
    world.policy({ mode: 'shadow' });
    world.stage['*/*'] = { throttlingRateLimit: 1234, throttlingBurstLimit: 56 };
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    world.parameters = [];
    await steps();
    expect(world.stage['*/*']).toEqual({ throttlingRateLimit: 1234, throttlingBurstLimit: 56 });
    expect(await last()).toMatchObject({ rule: 'released' });
  });

  test('in mid-brake of the law is led back too, plans and all, before it is let go', async () => {
    answer = ({ live }) => ({
      desired: {
        stage: { '*/*': { rateRps: 500, burst: 15 } },
        tiers: { ...live.tiers, basic: { rateRps: 20, burst: 4 } },
      },
    });
    await run(SCHEDULE);
    world.plans.planB = { rateLimit: 20, burstLimit: 4 };
    world.parameters = [];
    await steps(10);
    expect(stageRate()).toBe(2000);
    expect((await last())?.rule).not.toBe('released');
    expect((await readDesired(table, API))?.plans.basic?.limit).toEqual({ rateRps: 100, burst: 200 });
    world.plans.planB = { rateLimit: 100, burstLimit: 200 };
    await steps(2);
    expect(await last()).toMatchObject({ rule: 'released' });
  });

  test('is governed as before once it has a policy again', async () => {
    world.override({ action: 'kill' });
    await run(SCHEDULE);
    world.parameters = [];
    await minute();
    world.policy({ mode: 'enforce' });
    for (let ticks = 0; ticks < 40 && (await readWayBack(table, API)); ticks++) await minute();
    expect(await minute()).toMatchObject({ rule: 'test-rule', policy: { version: 1 } });
    expect(stageRate()).toBe(LAW_WANTS);
  });

  test('and that never had a policy beats: control lives', async () => {
    world.parameters = [];
    await run(SCHEDULE);
    expect(world.metric('Heartbeat')).toEqual([1]);
    expect(await decisions()).toEqual([]);
  });
});

describe('what is governed', () => {
  const governed = async () => await readGoverned(table);

  test('is noted with its limits and the floor of a kill, and written only when it changes', async () => {
    await run(SCHEDULE);
    const baseline = {
      stage: { rateRps: 2000, burst: 5000 },
      tiers: { premium: { rateRps: 2000, burst: 5000 }, basic: { rateRps: 100, burst: 200 } },
    };
    const governs = { api: 'abc123def4/dev', version: 1, baseline, floor: { rateRps: 100, burst: 25 } };
    expect(await governed()).toEqual([{ name: POLICY_NAME, governs, refusals: [] }]);
    await minute();
    expect((await queryItems(table, 'GOVERNED'))[0]?.atMs).toBe(T0);
  });

  test('names what was refused, also under names that govern nothing', async () => {
    world.parameters.push({ Name: '/tidegate/dev/policies/legacy', Value: '{"api":"zzz/live"}', Version: 7 });
    world.parameters.push({ Name: '/tidegate/dev/overrides/defualt', Value: '{"action":"kill"}', Version: 2 });
    world.override({ action: 'kil' }, 3);
    await run(SCHEDULE);
    const told = (await governed()).map(({ name, governs, refusals }) => [name, governs?.api, refusals]);
    expect(told).toEqual([
      [POLICY_NAME, 'abc123def4/dev', [{ kind: 'OVERRIDE', version: 3, why: expect.stringContaining('found "kil"') }]],
      ['/tidegate/dev/policies/defualt', undefined, [expect.objectContaining({ kind: 'OVERRIDE', version: 2 })]],
      ['/tidegate/dev/policies/legacy', undefined, [expect.objectContaining({ kind: 'POLICY', version: 7 })]],
    ]);
    world.policy({ mode: 'enforce' });
    await minute();
    expect((await governed()).map(({ name }) => name)).toEqual([POLICY_NAME]);
  });

  test('is noted afresh where the note was damaged', async () => {
    await putItem(table, { pk: 'GOVERNED', sk: POLICY_NAME }, { governed: '{"name":7}' });
    await putItem(table, { pk: 'GOVERNED', sk: '/other' }, { governed: '[]' });
    expect(await governed()).toEqual([]);
    await run(SCHEDULE);
    expect((await governed()).map(({ name }) => name)).toEqual([POLICY_NAME]);
  });
});

describe('the nag', () => {
  const overdue = () => world.metric('OverrideOverdue').at(-1);

  test("rings after the policy's bound, or the override's own, and ends with the override", async () => {
    world.override({ action: 'pause', nagAfterSeconds: 300 });
    await run(SCHEDULE);
    expect(overdue()).toBe(0);
    world.now += 301_000;
    await run(SCHEDULE);
    expect(overdue()).toBe(1);
    world.override({ action: 'pause' }, 2);
    await run(SCHEDULE);
    expect(overdue()).toBe(0);
    world.now += 3_601_000;
    await run(SCHEDULE);
    expect(overdue()).toBe(1);
    world.override({ action: 'resume' }, 3);
    await run(SCHEDULE);
    expect(overdue()).toBe(0);
  });

  test('never for a pin that is over, nor for resume', async () => {
    const until = new Date(T0 + MINUTE_MS).toISOString();
    world.override({ action: 'pin', until, tiers: { basic: { rateRps: 20, burst: 4 } }, nagAfterSeconds: 60 });
    await run(SCHEDULE);
    world.now += 10 * MINUTE_MS;
    await run(SCHEDULE);
    world.override({ action: 'resume' }, 2);
    world.now += 100 * MINUTE_MS;
    await run(SCHEDULE);
    expect(world.metric('OverrideOverdue')).toEqual([0, 0, 0]);
  });
});

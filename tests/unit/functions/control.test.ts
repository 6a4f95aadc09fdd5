import {
  ConflictException,
  GetAccountCommand,
  GetStageCommand,
  GetUsagePlansCommand,
  TooManyRequestsException,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetParameterCommand, GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { createControl } from '../../../functions/control/control.ts';
import { readTrigger } from '../../../functions/control/control-trigger.ts';
import { wakeUpSlots } from '../../../functions/control/send-wake-ups.ts';
import type { LawInput, LawOutput } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { readControlRecord } from '../../../shared/state/control-record.ts';
import type { Decision } from '../../../shared/state/decisions.ts';
import { readDesired } from '../../../shared/state/desired.ts';
import { queryItems } from '../../../shared/state/items/table.ts';
import { readDirectory } from '../../../shared/state/key-directory.ts';
import { takeLease } from '../../../shared/state/lease.ts';
import { addWindowPart } from '../../../shared/state/window-store.ts';
import { emptyWindow } from '../../../shared/telemetry/windows.ts';
import { type LocalTable, localTable } from '../state/dynalite.ts';
import { ALARM, API, CONCLUSION, POLICY_NAME, SCHEDULE, T0, World } from './world.ts';

let table: LocalTable;
let world: World;
/** What the law was given and what it shall answer. */
let inputs: LawInput<unknown>[];
let answer: (input: LawInput<unknown>) => Partial<LawOutput<unknown>>;
let run: (event: unknown) => Promise<void>;

beforeEach(async () => {
  table = await localTable();
  world = new World();
  inputs = [];
  answer = () => ({});
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

const wish = (limits: { stage?: number; premium?: number; basic?: number }): { desired: Limits } => ({
  desired: {
    stage: { '*/*': { rateRps: limits.stage ?? 2000, burst: limits.stage ? 40 : 5000 } },
    tiers: {
      premium: { rateRps: limits.premium ?? 2000, burst: limits.premium ? 50 : 5000 },
      basic: { rateRps: limits.basic ?? 100, burst: limits.basic ? 10 : 200 },
    },
  },
});

describe('a tick that enforces', () => {
  test('patches the stage at once, wakes the plan writer, and records what was before and after', async () => {
    answer = () => ({ ...wish({ stage: 800, premium: 300 }), conclusion: { ...CONCLUSION, kind: 'brake' } });
    await run(SCHEDULE);
    expect(world.stage['*/*']).toEqual({ throttlingRateLimit: 800, throttlingBurstLimit: 40 });
    expect(world.plans.planP?.rateLimit).toBe(2000);
    expect((await readDesired(table, API))?.plans.premium).toEqual({
      planId: 'planP',
      limit: { rateRps: 300, burst: 50 },
      sinceMs: T0,
    });
    expect(world.wakeUpDelays()).toEqual([0]);
    expect(world.metric('PlanWriteBacklog')).toEqual([1]);
    expect(world.metric('Heartbeat')).toEqual([1]);
    expect(world.metric('DecisionCount')).toEqual([1]);
    const [decision] = await decisions();
    expect(decision).toMatchObject({
      kind: 'brake',
      mode: 'enforce',
      trigger: 'schedule',
      policy: { name: POLICY_NAME, version: 1 },
      stageOutcome: 'written',
      before: { stage: { '*/*': { rateRps: 2000 } } },
      after: { stage: { '*/*': { rateRps: 800 } }, tiers: { premium: { rateRps: 300 } } },
    });
  });

  test('gives the law its state back, and when its limits should be in force', async () => {
    answer = () => wish({ stage: 800 });
    await run(SCHEDULE);
    world.now += 60_000;
    await run(SCHEDULE);
    expect(inputs.map((input) => input.state)).toEqual([undefined, { seen: 1 }]);
    expect(inputs.map((input) => input.effective.stageMs)).toEqual([0, T0 + 10_000]);
    expect(world.aws.commandCalls(UpdateStageCommand)).toHaveLength(1);
    expect((await readDirectory(table, API)).slowMs).toBe(500);
  });

  test('shows the law every closed window once', async () => {
    const part = (startMs: number) => ({ ...emptyWindow(startMs), lagMs: 1000 });
    for (const offset of [30_000, 20_000]) await addWindowPart(table, API, 'b', part(T0 - offset), T0);
    await addWindowPart(table, API, 'b', part(T0 - 10_000), T0);
    await run(SCHEDULE);
    world.now += 20_000;
    await run(SCHEDULE);
    const seen = inputs.map((input) => input.windows.map((window) => window.startMs - T0));
    expect(seen).toEqual([[-30_000, -20_000], [-10_000]]);
  });

  test('asserts again what a deploy reset', async () => {
    answer = () => wish({ stage: 800 });
    await run(SCHEDULE);
    world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    world.now += 60_000;
    await run(SCHEDULE);
    expect(world.stage['*/*']?.throttlingRateLimit).toBe(800);
  });

  test('keeps an override in step, and drops what is no method', async () => {
    world.stage['orders/POST'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    const limit = { rateRps: 700, burst: 30 };
    answer = ({ live }) => ({ desired: { ...live, stage: { '*/*': limit, all: limit, unknown: limit } } });
    await run(SCHEDULE);
    expect(world.stage).toEqual({
      '*/*': { throttlingRateLimit: 700, throttlingBurstLimit: 30 },
      'orders/POST': { throttlingRateLimit: 700, throttlingBurstLimit: 30 },
    });
  });

  test('that may not write now decides anew at the next tick, from the same windows', async () => {
    answer = () => wish({ stage: 800 });
    world.aws.on(UpdateStageCommand).rejectsOnce(new TooManyRequestsException({ $metadata: {}, message: 'slow down' }));
    await run(SCHEDULE);
    expect((await readControlRecord(table, API)).law).toBeUndefined();
    expect((await decisions())[0]?.stageOutcome).toBe('deferred');
    expect(world.metric('WritesDeferred')).toEqual([1]);
  });

  test('sees a write that reads back otherwise as a mismatch, never as done', async () => {
    answer = () => wish({ stage: 800 });
    world.aws.on(UpdateStageCommand).resolves({ methodSettings: structuredClone(world.stage) });
    await run(SCHEDULE);
    expect((await decisions())[0]?.stageOutcome).toBe('mismatch');
    expect(world.metric('WriteMismatches')).toEqual([1]);
    expect((await readControlRecord(table, API)).appliedStage).toBeUndefined();
  });

  test('desires plans as they will read back, so that no backlog stays that nothing can clear', async () => {
    const tiers = { premium: { rateRps: 7.000000000000001, burst: 50.7 }, basic: { rateRps: 1e6, burst: 1e6 } };
    answer = ({ live }) => ({ desired: { ...live, tiers } });
    await run(SCHEDULE);
    const plans = (await readDesired(table, API))?.plans;
    expect(plans?.premium?.limit).toEqual({ rateRps: 7, burst: 50 });
    expect(plans?.basic?.limit).toEqual({ rateRps: 100, burst: 200 });
  });

  test('goes on without the minute metrics', async () => {
    world.cloudWatch.on(GetMetricDataCommand).rejects(new Error('down'));
    await run(SCHEDULE);
    expect(inputs).toHaveLength(1);
    expect(world.metric('Heartbeat')).toEqual([1]);
  });

  test('fails aloud, without a beat and with the lease free, when the stage cannot be read', async () => {
    world.aws.on(GetStageCommand).rejects(new Error('down'));
    await expect(run(SCHEDULE)).rejects.toThrow('abc123def4/dev: Error: down');
    expect(world.metric('Heartbeat')).toEqual([]);
    expect(await takeLease(table, API, T0)).toBeDefined();
  });
});

describe('the heartbeat of the telemetry', () => {
  const MINUTE = 60_000;
  const part = (startMs: number) => ({ ...emptyWindow(startMs), lagMs: 1000 });

  test('no request and no line is idleness; the law is told up to when', async () => {
    world.counts({});
    await run(SCHEDULE);
    expect(inputs[0]?.heartbeat).toEqual({ kind: 'idle', accountedUntilMs: T0 - 3 * MINUTE });
    expect((await decisions())[0]?.evidence).toMatchObject({ heartbeat: 'idle', doubts: [] });
  });

  test('requests without a line are traffic that the log does not show, as soon as AWS has said so', async () => {
    await addWindowPart(table, API, 'b', part(T0 - 6 * MINUTE), T0);
    world.counts({ [T0 - 2 * MINUTE]: { counted: 20, logged: 0 } });
    await run(SCHEDULE);
    expect(inputs[0]?.heartbeat).toEqual({ kind: 'traffic', accountedUntilMs: T0 - 3 * MINUTE });
  });

  test('a log that lacks lines is doubted, its windows with it, and the decision says why', async () => {
    const minutes = Array.from({ length: 10 }, (_, ago) => [T0 - (ago + 1) * MINUTE, { counted: 900, logged: 450 }]);
    world.counts(Object.fromEntries(minutes));
    await addWindowPart(table, API, 'b', part(T0 - 30_000), T0);
    await run(SCHEDULE);
    const doubt = 'the log shows 450 requests of a minute, AWS counted 900';
    expect(inputs[0]?.windows.filter(({ source }) => source === 'logs')).toMatchObject([{ doubt }]);
    expect(inputs[0]?.heartbeat?.kind).toBe('traffic');
    expect((await decisions())[0]?.evidence).toMatchObject({ heartbeat: 'traffic', doubts: [doubt] });
  });

  test('when CloudWatch does not answer nobody knows', async () => {
    world.cloudWatch.on(GetMetricDataCommand).rejects(new Error('down'));
    await run(SCHEDULE);
    expect(inputs[0]?.heartbeat).toBeUndefined();
    expect((await decisions())[0]?.evidence.heartbeat).toBe('unknown');
  });

  test('CloudWatch is asked once for each minute that settles, and again at once when it failed', async () => {
    world.cloudWatch.on(GetMetricDataCommand).rejectsOnce(new Error('down')).resolves({ MetricDataResults: [] });
    for (const afterMs of [0, 1_000, 10_000, 20_000, 60_000]) {
      world.now = T0 + afterMs;
      await run(SCHEDULE);
    }
    expect(world.cloudWatch.commandCalls(GetMetricDataCommand)).toHaveLength(3);
  });
});

describe('bounds', () => {
  const limit = (rateRps: number, burst = 40) => ({ rateRps, burst });

  test('nothing is written above what was deployed or the account allows, nor below the floor; the guard is named', async () => {
    world.policy({ mode: 'enforce', guardrails: { leastRateRps: 5 } });
    world.aws.on(GetAccountCommand).resolves({ throttleSettings: { rateLimit: 1500, burstLimit: 900 } });
    const tiers = { premium: limit(1e6, 1e6), basic: limit(0.01), stranger: limit(7) };
    answer = () => ({ desired: { stage: { '*/*': limit(1e9, 1e9), '/data/GET': limit(1) }, tiers } });
    await run(SCHEDULE);
    expect(world.stage).toMatchObject({
      '*/*': { throttlingRateLimit: 1500, throttlingBurstLimit: 900 },
      '~1data/GET': { throttlingRateLimit: 5, throttlingBurstLimit: 40 },
    });
    const plans = (await readDesired(table, API))?.plans;
    expect(plans).toMatchObject({ premium: { limit: limit(1500, 900) }, basic: { limit: limit(5) } });
    expect(Object.keys(plans ?? {})).toEqual(['premium', 'basic']);
    expect((await decisions())[0]?.guard).toBe('bounds');
    expect(inputs[0]?.baseline).toEqual({
      stage: limit(1500, 900),
      tiers: { premium: limit(1500, 900), basic: limit(100, 200) },
    });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'a rate of %d changes nothing',
    async (rate) => {
      answer = () => ({ desired: { stage: { '*/*': limit(rate, Number.NaN) }, tiers: { basic: limit(Number.NaN) } } });
      await run(SCHEDULE);
      expect(world.stage['*/*']?.throttlingRateLimit).toBe(2000);
      expect((await readDesired(table, API))?.plans).toEqual({});
      expect((await decisions())[0]?.stageOutcome).toBe('refused');
      expect(world.metric('WritesRefused')).toEqual([1]);
    },
  );

  test('an override whose key is no path keeps nothing from being written, and is not written over and over', async () => {
    world.stage['a b/GET'] = { throttlingRateLimit: 7, throttlingBurstLimit: 7 };
    answer = () => wish({ stage: 800 });
    await run(SCHEDULE);
    world.now += 60_000;
    await run(SCHEDULE);
    expect(world.stage['*/*']?.throttlingRateLimit).toBe(800);
    expect(world.stage['a b/GET']?.throttlingRateLimit).toBe(7);
    expect(world.aws.commandCalls(UpdateStageCommand)).toHaveLength(1);
  });

  test('a stage whose throttle is switched off has what the account allows', async () => {
    world.stage['*/*'] = { throttlingRateLimit: -1, throttlingBurstLimit: -1 };
    await run(SCHEDULE);
    expect(inputs[0]?.live.stage['*/*']).toEqual(limit(10_000, 5_000));
  });

  test('a stage that answers with what is no limit is not decided upon', async () => {
    world.stage['*/*'] = { throttlingRateLimit: Number.NaN, throttlingBurstLimit: 5 };
    await expect(run(SCHEDULE)).rejects.toThrow('a limit that is none');
    expect(inputs).toEqual([]);
  });
});

describe('when AWS refuses a management call', () => {
  const refusal = () => new TooManyRequestsException({ $metadata: {}, message: 'slow down' });

  test.each([
    ['throttled', refusal()],
    ['in conflict', new ConflictException({ $metadata: {}, message: 'busy' })],
  ])('a write that is %s leaves the next whole tick to others', async (_, error) => {
    answer = () => wish({ stage: 800 });
    const written = { methodSettings: { '*/*': { throttlingRateLimit: 800, throttlingBurstLimit: 40 } } };
    world.aws.on(UpdateStageCommand).rejectsOnce(error).resolves(written);
    await run(SCHEDULE);
    world.now += 30_000;
    await run(SCHEDULE);
    expect(world.aws.commandCalls(GetStageCommand)).toHaveLength(1);
    expect((await decisions()).at(-1)).toMatchObject({
      kind: 'hold',
      rule: 'management-crowded',
      stageOutcome: 'deferred',
    });
    world.now += 30_000;
    await run(SCHEDULE);
    expect((await decisions()).at(-1)?.stageOutcome).toBe('written');
  });

  test('a reading that is refused is a hold, recorded; the tick did not come to its end, and the heart does not beat', async () => {
    world.aws.on(GetStageCommand).rejects(refusal());
    await run(SCHEDULE);
    expect((await decisions())[0]).toMatchObject({ kind: 'hold', rule: 'management-crowded' });
    expect(world.metric('Heartbeat')).toEqual([]);
  });

  test('the backlog is not counted either, and nothing fails', async () => {
    answer = () => wish({ premium: 300 });
    const plans = { items: Object.entries(world.plans).map(([id, throttle]) => ({ id, throttle })) };
    world.aws.on(GetUsagePlansCommand).resolvesOnce(plans).rejects(refusal());
    await run(SCHEDULE);
    expect(world.metric('PlanWriteBacklog')).toEqual([]);
    expect(world.metric('Heartbeat')).toEqual([1]);
  });
});

test('the backlog of plan writes has an age: how long its oldest target has been wanted', async () => {
  answer = () => wish({ premium: 300 });
  await run(SCHEDULE);
  world.now += 60_000;
  answer = () => wish({ premium: 300, basic: 50 });
  await run(SCHEDULE);
  world.plans.planP = { rateLimit: 300, burstLimit: 50 };
  world.now += 60_000;
  await run(SCHEDULE);
  expect(world.metric('PlanWriteBacklog')).toEqual([1, 2, 1]);
  expect(world.metric('PlanWriteBacklogAgeMs')).toEqual([0, 60_000, 60_000]);
});

describe('other modes', () => {
  test.each(['shadow', 'advise'])('%s decides and records, and changes nothing', async (mode) => {
    world.policy({ mode });
    answer = () => ({ ...wish({ stage: 800, premium: 300 }), conclusion: { ...CONCLUSION, kind: 'brake' } });
    await run(SCHEDULE);
    expect(world.aws.commandCalls(UpdateStageCommand)).toHaveLength(0);
    expect(await readDesired(table, API)).toBeUndefined();
    expect(world.wakeUpDelays()).toEqual([]);
    expect((await decisions())[0]).toMatchObject({ kind: 'brake', mode, stageOutcome: 'not-enforced' });
    expect(world.announced().map(({ type }) => type)).toEqual(mode === 'advise' ? ['Tidegate Decision'] : []);
    expect(world.metric('Heartbeat')).toEqual([1]);
  });

  test('leaving enforce calls back the plan writes that are under way', async () => {
    answer = () => wish({ premium: 300 });
    await run(SCHEDULE);
    world.policy({ mode: 'shadow' }, 2);
    await run(SCHEDULE);
    expect(await readDesired(table, API)).toBeUndefined();
  });

  test.each(['pause', 'PAUSE', 'oops'])('the switch at %s holds everything, and control still beats', async (value) => {
    answer = () => wish({ premium: 300 });
    await run(SCHEDULE);
    world.switch = value;
    world.now += 60_000;
    await run(SCHEDULE);
    expect(inputs).toHaveLength(1);
    expect(await readDesired(table, API)).toBeUndefined();
    expect((await decisions())[1]).toMatchObject({ kind: 'hold', rule: 'paused', mode: 'paused' });
    expect(world.metric('Heartbeat')).toEqual([1, 1]);
  });

  test('no switch at all is run; one that cannot be read stays where it was', async () => {
    world.switch = undefined;
    await run(SCHEDULE);
    expect(inputs).toHaveLength(1);
    world.ssm.on(GetParameterCommand).resolves({ Parameter: { Name: 's', Value: 'pause', Version: 2 } });
    await run(SCHEDULE);
    world.ssm.on(GetParameterCommand).rejects(new Error('down'));
    await run(SCHEDULE);
    expect(inputs).toHaveLength(1);
  });
});

describe('an alarm', () => {
  test('may tighten', async () => {
    answer = () => wish({ stage: 800 });
    await run(ALARM);
    expect(world.stage['*/*']?.throttlingRateLimit).toBe(800);
  });

  test('never relaxes: raises are clipped and the guard is named', async () => {
    world.stage['*/*'] = { throttlingRateLimit: 1000, throttlingBurstLimit: 30 };
    answer = () => wish({ stage: 1500, basic: 50 });
    await run(ALARM);
    expect(world.aws.commandCalls(UpdateStageCommand).flatMap((call) => call.args[0].input.patchOperations)).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ path: '/*/*/throttling/rateLimit', value: '1500' })]),
    );
    expect(world.stage['*/*']?.throttlingRateLimit).toBe(1000);
    expect((await readDesired(table, API))?.plans.basic?.limit.rateRps).toBe(50);
    expect((await decisions())[0]?.guard).toBe('alarm-never-relaxes');
  });

  test('that only called for raises leaves the decision to the next scheduled tick', async () => {
    world.stage['*/*'] = { throttlingRateLimit: 1000, throttlingBurstLimit: 30 };
    const stage = { '*/*': { rateRps: 1500, burst: 40 } };
    answer = ({ live }) => ({ desired: { ...live, stage }, conclusion: { ...CONCLUSION, kind: 'relax' } });
    await run(ALARM);
    expect((await decisions())[0]).toMatchObject({
      kind: 'hold',
      guard: 'alarm-never-relaxes',
      stageOutcome: 'unchanged',
    });
    expect((await readControlRecord(table, API)).law).toBeUndefined();
    world.now += 1_000;
    await run(SCHEDULE);
    expect(world.stage['*/*']?.throttlingRateLimit).toBe(1500);
  });

  test('and every other trigger is told by its form; anything else may not relax either', () => {
    const lookNow = {
      source: 'tidegate.telemetry',
      'detail-type': 'Tidegate Look Now',
      detail: { ...API, reason: 'r' },
    };
    const parameter = {
      source: 'aws.ssm',
      'detail-type': 'Parameter Store Change',
      detail: { name: 'n', operation: 'Update' },
    };
    const triggers = [SCHEDULE, ALARM, lookNow, parameter, {}, null, 'text', { ...lookNow, detail: {} }].map(
      readTrigger,
    );
    expect(triggers).toEqual([
      'schedule',
      'alarm',
      'look-now',
      'parameter',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });
});

describe('policies', () => {
  test('a broken edit never takes effect: the last good version stays, and the refusal is recorded once', async () => {
    await run(SCHEDULE);
    world.parameters = [{ Name: POLICY_NAME, Value: '{"api":"abc123def4/dev","mod":"enforce"}', Version: 2 }];
    for (let times = 0; times < 3; times++) {
      world.now += 60_000;
      await run(SCHEDULE);
    }
    expect(inputs).toHaveLength(4);
    expect(inputs.at(-1)?.policy.mode).toBe('enforce');
    const refusals = (await decisions()).filter(({ rule }) => rule === 'policy-rejected');
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ kind: 'hold', policy: { name: POLICY_NAME, version: 1 } });
    expect(refusals[0]?.reason).toContain('version 2');
    expect(refusals[0]?.reason).toContain('mod');
    expect(world.announced()).toHaveLength(1);
    expect((await decisions()).at(-1)?.policy.version).toBe(1);
  });

  test('without any good version nothing is governed, and the refusal says so', async () => {
    world.parameters = [{ Name: POLICY_NAME, Value: 'nonsense', Version: 1 }];
    await run(SCHEDULE);
    expect(inputs).toHaveLength(0);
    expect((await decisions())[0]?.reason).toContain('No policy is in force');
  });

  test('a refusal that cannot be announced is recorded all the same, and costs nobody a tick', async () => {
    await run(SCHEDULE);
    world.events.on(PutEventsCommand).rejects(new Error('denied'));
    world.parameters = [{ Name: POLICY_NAME, Value: '{}', Version: 2 }];
    await run(SCHEDULE);
    expect((await decisions()).map(({ rule }) => rule)).toContain('policy-rejected');
    expect(inputs).toHaveLength(2);
  });

  test('two that claim one stage: the first keeps it, the second is refused', async () => {
    const [first] = world.parameters;
    world.parameters.push({ Name: '/tidegate/dev/policies/rival', Value: first?.Value ?? '', Version: 1 });
    await run(SCHEDULE);
    expect(inputs).toHaveLength(1);
    expect((await decisions()).find(({ rule }) => rule === 'policy-rejected')?.reason).toContain('governed by');
  });

  test('Parameter Store not answering is no change of policy', async () => {
    await run(SCHEDULE);
    world.ssm.on(GetParametersByPathCommand).rejects(new Error('down'));
    world.now += 60_000;
    await run(SCHEDULE);
    expect(inputs).toHaveLength(2);
  });

  test('are read to the last page, also past an empty one', async () => {
    const [policy] = world.parameters;
    world.ssm
      .on(GetParametersByPathCommand)
      .resolvesOnce({ Parameters: [], NextToken: 'more' })
      .resolvesOnce({ Parameters: policy ? [policy] : [] });
    await run(SCHEDULE);
    expect(inputs).toHaveLength(1);
  });
});

describe('overlapping triggers', () => {
  test('who finds the lease taken leaves word; the holder looks once more', async () => {
    let nested: Promise<void> | undefined;
    answer = () => {
      nested ??= run(SCHEDULE);
      return {};
    };
    world.aws.on(UpdateStageCommand).callsFake(async () => ({ methodSettings: world.stage }));
    await run(SCHEDULE);
    await nested;
    const fences = (await queryItems(table, 'API#abc123def4/dev')).find(({ sk }) => sk === 'lease')?.fence;
    expect(inputs.length).toBe(2);
    expect(fences === 1 || fences === 2).toBe(true);
  });

  test('a schedule that comes while an alarm is at work is looked at as a schedule', async () => {
    let nested: Promise<void> | undefined;
    answer = () => {
      nested ??= run(SCHEDULE);
      return {};
    };
    await run(ALARM);
    await nested;
    expect((await decisions()).map(({ trigger }) => trigger)).toEqual(['alarm', 'schedule']);
  });

  test('a word left just as the holder lets go is not lost', async () => {
    const send = table.client.send.bind(table.client);
    let isLetGo = false;
    jest.spyOn(table.client, 'send').mockImplementation(async (command: { input: unknown }) => {
      if (!isLetGo && JSON.stringify(command.input).includes(':zero')) {
        isLetGo = true;
        expect(await takeLease(table, API, T0)).toBeUndefined();
      }
      return await send(command as Parameters<typeof send>[0]);
    });
    await run(SCHEDULE);
    expect(isLetGo).toBe(true);
    expect(inputs).toHaveLength(2);
    expect(await takeLease(table, API, T0)).toBeDefined();
  });

  test('a lease that somebody holds is respected', async () => {
    await takeLease(table, API, T0);
    await run(SCHEDULE);
    expect(inputs).toHaveLength(0);
    expect(await decisions()).toEqual([]);
  });
});

describe('wake-ups', () => {
  const idle = { nextWriteAtMs: 0, wokenUntilMs: 0 };

  test('are sent for each slot until the next scheduled tick', () => {
    expect(wakeUpSlots(5, idle, 23_000, T0).map((slot) => slot - T0)).toEqual([0, 23_000, 46_000]);
    expect(wakeUpSlots(1, { ...idle, nextWriteAtMs: T0 + 9_000 }, 23_000, T0)).toEqual([T0 + 9_000]);
    expect(wakeUpSlots(0, idle, 23_000, T0)).toEqual([]);
  });

  test('that are on their way are not sent again; lost ones are replaced when their slot is past', () => {
    const woken = { nextWriteAtMs: T0 + 21_000, wokenUntilMs: T0 + 23_000 };
    expect(wakeUpSlots(1, woken, 23_000, T0)).toEqual([]);
    expect(wakeUpSlots(2, woken, 23_000, T0 + 33_000).map((slot) => slot - T0)).toEqual([33_000, 56_000]);
  });

  test('that come before a plan may be written, or long after, do not count', () => {
    const slotsAt = (nextWriteMs: number, wokenUntilMs: number) =>
      wakeUpSlots(1, { nextWriteAtMs: T0 + nextWriteMs, wokenUntilMs: T0 + wokenUntilMs }, 23_000, T0).map(
        (slot) => slot - T0,
      );
    expect(slotsAt(20_000, 5_000)).toEqual([20_000]);
    expect(slotsAt(0, 11_000)).toEqual([0]);
    expect(slotsAt(0, 10_000)).toEqual([]);
  });

  test('are not sent twice by two ticks in a row, but are when one was lost', async () => {
    answer = () => wish({ premium: 300 });
    await run(SCHEDULE);
    world.now += 5_000;
    await run(SCHEDULE);
    expect(world.wakeUpDelays()).toEqual([0]);
    world.now += 60_000;
    await run(SCHEDULE);
    expect(world.wakeUpDelays()).toEqual([0, 0]);
  });
});

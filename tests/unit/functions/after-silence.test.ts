import { createControl } from '../../../functions/control/control.ts';
import type { LawInput, LawOutput } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import type { Decision } from '../../../shared/state/decisions.ts';
import { queryItems } from '../../../shared/state/items/table.ts';
import { readWayBack } from '../../../shared/state/way-back.ts';
import { type LocalTable, localTable } from '../state/dynalite.ts';
import { API, CONCLUSION, SCHEDULE, World } from './world.ts';

const MINUTE = 60_000;
const BRAKED: Limits = {
  stage: { '*/*': { rateRps: 100, burst: 40 } },
  tiers: { premium: { rateRps: 2000, burst: 5000 }, basic: { rateRps: 100, burst: 200 } },
};

let table: LocalTable;
let world: World;
let inputs: LawInput<unknown>[];
let desired: Limits | 'live';
let run: (event: unknown) => Promise<void>;

beforeEach(async () => {
  table = await localTable();
  world = new World();
  world.policy({ mode: 'enforce', guardrails: { largestStepUpShare: 0.5, largestStepDownShare: 0.75 } });
  inputs = [];
  desired = BRAKED;
  run = createControl(
    world.dependencies(table, (input): LawOutput<unknown> => {
      inputs.push(input);
      const wanted = desired === 'live' ? input.live : desired;
      return { state: { seen: inputs.length }, conclusion: CONCLUSION, desired: wanted };
    }),
  );
  await run(SCHEDULE);
});
afterEach(async () => {
  world.restore();
  await table.close();
});

const rate = () => world.stage['*/*']?.throttlingRateLimit;

async function back(afterMinutes: number): Promise<void> {
  world.now += afterMinutes * MINUTE;
  await run(SCHEDULE);
}

async function lastReason(): Promise<string> {
  const items = await queryItems(table, `DECISION#${API.apiId}/${API.stage}`);
  return (JSON.parse(String(items.at(-1)?.decision)) as Decision).reason;
}

/** As the fail-safe leaves the stage. */
function atBaseline(): void {
  world.stage = { '*/*': { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 } };
}

test('a tick in time asserts what it wanted at once: a deploy is no silence', async () => {
  atBaseline();
  await back(2);
  expect(inputs.at(-1)?.state).toEqual({ seen: 1 });
  expect(rate()).toBe(100);
});

test('after a silence the law begins afresh from the limits it finds', async () => {
  atBaseline();
  desired = 'live';
  await back(5);
  expect(inputs.at(-1)).toMatchObject({ state: undefined, live: { stage: { '*/*': { rateRps: 2000 } } } });
  expect(rate()).toBe(2000);
});

test('after a silence in which nothing moved the law goes on where it was', async () => {
  await back(5);
  expect(inputs.at(-1)?.state).toEqual({ seen: 1 });
  expect(rate()).toBe(100);
  expect(await readWayBack(table, API)).toBeUndefined();
});

test('whatever it wants then comes in steps of the guardrail, and every decision says why', async () => {
  atBaseline();
  await back(5);
  expect(rate()).toBe(500);
  expect(await lastReason()).toContain('Control was silent, and starts from the limits it found');
  await back(1);
  expect(rate()).toBe(125);
  await back(1);
  expect(rate()).toBe(100);
  expect(await readWayBack(table, API)).toBeUndefined();
  await back(1);
  expect(await lastReason()).toBe(CONCLUSION.reason);
});

test('raises come in steps, too', async () => {
  desired = { ...BRAKED, stage: { '*/*': { rateRps: 1000, burst: 40 } } };
  await back(5);
  expect(rate()).toBe(150);
  await back(1);
  expect(rate()).toBe(225);
});

test('an alarm during the return may not raise, and the return goes on with the next schedule', async () => {
  desired = { ...BRAKED, stage: { '*/*': { rateRps: 1000, burst: 40 } } };
  world.now += 5 * MINUTE;
  await run({
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    detail: { alarmName: 'x', state: { value: 'ALARM' } },
  });
  expect(rate()).toBe(100);
  await back(1);
  expect(rate()).toBe(150);
});

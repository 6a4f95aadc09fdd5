import type { Limits } from '../../../shared/limits/limits.ts';
import { readWayBack } from '../../../shared/state/way-back.ts';
import { type StartedControl, startControl } from '../../support/functions/start-control.ts';
import { API, CONCLUSION, SCHEDULE } from '../../support/functions/world.ts';

const MINUTE = 60_000;
const BRAKED: Limits = {
  stage: { '*/*': { rateRps: 100, burst: 40 } },
  tiers: { premium: { rateRps: 2000, burst: 5000 }, basic: { rateRps: 100, burst: 200 } },
};

let control: StartedControl;
let desired: Limits | 'live';

beforeEach(async () => {
  desired = BRAKED;
  control = await startControl(({ live }) => ({ desired: desired === 'live' ? live : desired }));
  control.world.policy({ mode: 'enforce', guardrails: { largestStepUpShare: 0.5, largestStepDownShare: 0.75 } });
  await control.run(SCHEDULE);
});
afterEach(() => control.close());

const rate = () => control.world.stage['*/*']?.throttlingRateLimit;

async function back(afterMinutes: number): Promise<void> {
  control.world.now += afterMinutes * MINUTE;
  await control.run(SCHEDULE);
}

const lastReason = async () => (await control.decisions()).at(-1)?.reason;

/** As the fail-safe leaves the stage. */
function atBaseline(): void {
  control.world.stage = { '*/*': { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 } };
}

test('a tick in time asserts what it wanted at once: a deploy is no silence', async () => {
  atBaseline();
  await back(2);
  expect(control.inputs.at(-1)?.state).toEqual({ seen: 1 });
  expect(rate()).toBe(100);
});

test('after a silence the law begins afresh from the limits it finds', async () => {
  atBaseline();
  desired = 'live';
  await back(5);
  expect(control.inputs.at(-1)).toMatchObject({ state: undefined, live: { stage: { '*/*': { rateRps: 2000 } } } });
  expect(rate()).toBe(2000);
});

test('after a silence in which nothing moved the law goes on where it was', async () => {
  await back(5);
  expect(control.inputs.at(-1)?.state).toEqual({ seen: 1 });
  expect(rate()).toBe(100);
  expect(await readWayBack(control.table, API)).toBeUndefined();
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
  expect(await readWayBack(control.table, API)).toBeUndefined();
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
  control.world.now += 5 * MINUTE;
  await control.run({
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    detail: { alarmName: 'x', state: { value: 'ALARM' } },
  });
  expect(rate()).toBe(100);
  await back(1);
  expect(rate()).toBe(150);
});

import { UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import { readDesired } from '../../../shared/state/desired.ts';
import { readWayBack } from '../../../shared/state/way-back.ts';
import {
  LAW_WANTS,
  lastDecision,
  MINUTE_MS,
  minute,
  stageRate,
  startOverridden,
} from '../../support/functions/override-story.ts';
import type { StartedControl } from '../../support/functions/start-control.ts';
import { ALARM, API, AUTHOR, CONCLUSION, SCHEDULE, T0 } from '../../support/functions/world.ts';

let control: StartedControl;
beforeEach(async () => {
  control = await startOverridden();
});
afterEach(() => control.close());

describe('pause', () => {
  test('keeps every present value, writes nothing, leaves nothing under way; the law watches on', async () => {
    control.answer = ({ live }) => ({
      desired: { ...live, tiers: { ...live.tiers, premium: { rateRps: 300, burst: 50 } } },
    });
    await control.run(SCHEDULE);
    expect(Object.keys((await readDesired(control.table, API))?.plans ?? {})).toContain('premium');
    control.world.override({ action: 'pause', reason: 'a migration' });
    const decision = await minute(control);
    expect(decision).toMatchObject({ kind: 'hold', rule: 'override-pause', mode: 'paused' });
    expect(decision?.reason).toContain(`Paused by ${AUTHOR} at 2031-01-01T00:00:00.000Z, version 1 ("a migration")`);
    expect(decision?.reason).toContain('test-rule: Because.');
    expect(await readDesired(control.table, API)).toBeUndefined();
    control.world.stage['*/*'] = { throttlingRateLimit: 777, throttlingBurstLimit: 7 };
    await minute(control);
    expect(stageRate(control)).toBe(777);
    expect(control.inputs).toHaveLength(3);
    expect(control.inputs.at(-1)?.policy.mode).toBe('shadow');
  });
});

describe('kill', () => {
  test('takes the stage to its floor at once, notes what was, and is written whatever the policy says', async () => {
    control.world.policy({ mode: 'shadow' });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(2000);
    control.world.override({ action: 'kill' });
    const decision = await minute(control);
    expect(stageRate(control)).toBe(100);
    expect(decision).toMatchObject({ kind: 'brake', rule: 'override-kill', mode: 'enforce', stageOutcome: 'written' });
    expect((await readWayBack(control.table, API))?.restorePoint.stage).toEqual({
      '*/*': { rateRps: 2000, burst: 5000 },
    });
    expect(control.world.plans.planP?.rateLimit).toBe(2000);
    control.world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    await minute(control);
    expect(stageRate(control)).toBe(100);
  });

  test('keeps the restore point when the stage cannot be written at once', async () => {
    control.world.override({ action: 'kill' });
    control.world.aws.on(UpdateStageCommand).rejects(Object.assign(new Error('busy'), { name: 'ConflictException' }));
    await control.run(SCHEDULE);
    expect(await lastDecision(control)).toMatchObject({ rule: 'override-kill', stageOutcome: 'deferred' });
    expect((await readWayBack(control.table, API))?.restorePoint.stage['*/*']?.rateRps).toBe(2000);
    await minute(control);
    expect((await readWayBack(control.table, API))?.restorePoint.stage['*/*']?.rateRps).toBe(2000);
  });

  test('works while the switch is set to pause, when an alarm triggers, and with a floor of its own', async () => {
    control.world.switch = 'pause';
    control.world.override({ action: 'kill', floor: { rateRps: 5, burst: 2 } });
    await control.run(ALARM);
    expect(control.world.stage['*/*']).toEqual({ throttlingRateLimit: 5, throttlingBurstLimit: 2 });
  });

  test('a law without memory does not take the floor for its own', async () => {
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    expect(control.inputs[0]?.live.stage[STAGE_DEFAULT]?.rateRps).toBe(2000);
  });
});

describe('resume', () => {
  test('leads the stage back from the live value in guardrail steps, then leaves it to the law', async () => {
    await control.run(SCHEDULE);
    control.world.override({ action: 'kill' });
    await minute(control);
    control.world.override({ action: 'resume' }, 2);
    const rates = [stageRate(control) ?? 0];
    for (let ticks = 0; ticks < 40 && (await readWayBack(control.table, API)); ticks++) {
      expect(await minute(control)).toMatchObject({ rule: 'override-over' });
      rates.push(stageRate(control) ?? 0);
    }
    const share = control.inputs[0]?.policy.guardrails.largestStepUpShare ?? 0;
    for (const [index, rate] of rates.entries()) {
      if (index > 0) expect(rate).toBeLessThanOrEqual((rates[index - 1] ?? 0) * (1 + share) + 0.01);
    }
    expect(rates.at(-1)).toBe(LAW_WANTS);
    expect(control.inputs.at(-1)?.policy.mode).toBe('enforce');
    expect(await minute(control)).toMatchObject({ rule: 'test-rule' });
  });

  test('does not step twice within one cooldown, however many triggers come', async () => {
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    control.world.override({ action: 'resume' }, 2);
    await minute(control);
    const rate = stageRate(control);
    for (let times = 0; times < 5; times++) {
      control.world.now += 1000;
      await control.run(SCHEDULE);
    }
    expect(stageRate(control)).toBe(rate);
  });

  test('an alarm in the midst of the way back neither raises nor ends it', async () => {
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    control.world.override({ action: 'resume' }, 2);
    control.world.now += MINUTE_MS;
    await control.run(ALARM);
    expect(stageRate(control)).toBe(100);
    expect(await readWayBack(control.table, API)).toBeDefined();
  });

  test('outside enforce, what was killed goes back to where it was', async () => {
    control.world.policy({ mode: 'shadow' });
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    control.world.override({ action: 'resume' }, 2);
    for (let ticks = 0; ticks < 40 && (await readWayBack(control.table, API)); ticks++) await minute(control);
    expect(control.world.stage['*/*']).toEqual({ throttlingRateLimit: 2000, throttlingBurstLimit: 5000 });
    expect(await minute(control)).toMatchObject({ mode: 'shadow', stageOutcome: 'not-enforced' });
  });

  test('a deleted parameter resumes too', async () => {
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    control.world.override();
    expect((await minute(control))?.reason).toContain('The override parameter is gone');
    expect(stageRate(control)).toBeGreaterThan(100);
  });
});

describe('pin', () => {
  const until = new Date(T0 + 5 * MINUTE_MS).toISOString();

  test('holds a tier while the law goes on with the rest, and ends by itself', async () => {
    control.world.override({ action: 'pin', until, tiers: { basic: { rateRps: 20, burst: 4 } } });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(LAW_WANTS);
    expect((await readDesired(control.table, API))?.plans.basic?.limit).toEqual({ rateRps: 20, burst: 4 });
    expect(control.inputs[0]?.policy.mode).toBe('enforce');
    expect((await lastDecision(control))?.reason).toContain(`basic held until ${until}`);
    control.world.now = T0 + 5 * MINUTE_MS;
    control.answer = ({ live }) => ({
      desired: { ...live, tiers: { ...live.tiers, basic: { rateRps: 100, burst: 200 } } },
    });
    await control.run(SCHEDULE);
    expect(await lastDecision(control)).toMatchObject({ rule: 'override-over' });
    expect((await lastDecision(control))?.reason).toContain('the pin ended at');
    expect((await readDesired(control.table, API))?.plans.basic?.limit).toEqual({ rateRps: 100, burst: 200 });
    expect(await readWayBack(control.table, API)).toBeUndefined();
  });

  test('that differs by a hair from what is in force is written all the same', async () => {
    control.world.override({ action: 'pin', until, tiers: { basic: { rateRps: 99, burst: 200 } } });
    await control.run(SCHEDULE);
    expect(control.world.metric('PlanWriteBacklog')).toEqual([1]);
  });

  test("says what the law did beside it, in the law's own words", async () => {
    const moved = { stage: { '*/*': { rateRps: 900, burst: 27 } } };
    control.answer = ({ live }) => ({ desired: { ...live, ...moved }, conclusion: { ...CONCLUSION, kind: 'brake' } });
    control.world.override({ action: 'pin', until, tiers: { basic: { rateRps: 20, burst: 4 } } });
    await control.run(SCHEDULE);
    expect(await lastDecision(control)).toMatchObject({ kind: 'brake', rule: 'test-rule', guard: 'override-pin' });
  });

  test('holds the stage, every method of it, and the plans with it', async () => {
    control.world.stage['orders/POST'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    control.answer = ({ live }) => ({
      desired: { ...live, tiers: { ...live.tiers, premium: { rateRps: 1, burst: 1 } } },
    });
    control.world.override({ action: 'pin', until, stage: { rateRps: 300, burst: 30 } });
    await control.run(SCHEDULE);
    const pinned = { throttlingRateLimit: 300, throttlingBurstLimit: 30 };
    expect(control.world.stage).toEqual({ '*/*': pinned, 'orders/POST': pinned });
    expect((await readDesired(control.table, API))?.plans.premium?.limit.rateRps).toBe(2000);
    expect(await lastDecision(control)).toMatchObject({ kind: 'tighten', rule: 'override-pin' });
  });

  test('of a tier after a kill: the stage goes back in steps meanwhile', async () => {
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    control.world.override(
      { action: 'pin', until: '2031-01-02T00:00:00Z', tiers: { basic: { rateRps: 20, burst: 4 } } },
      2,
    );
    await minute(control);
    expect(stageRate(control)).toBeGreaterThan(100);
    expect(stageRate(control)).toBeLessThan(LAW_WANTS);
  });
});

describe('a pin above the deployed baseline', () => {
  const pin = {
    action: 'pin',
    until: new Date(T0 + 5 * MINUTE_MS).toISOString(),
    stage: { rateRps: 9000, burst: 4000 },
  };

  test('is refused, and nothing moves', async () => {
    control.world.override(pin);
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(LAW_WANTS);
    const refusal = (await control.decisions()).find(({ rule }) => rule === 'override-rejected');
    expect(refusal?.reason).toContain('stage: expected at most the deployed baseline, 2000/5000; found 9000/4000');
  });

  test('is carried out with the word for it, and both the notice and the decision say that it is above', async () => {
    control.world.override({ ...pin, aboveBaseline: true });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(9000);
    const excess = 'The pin exceeds the deployed baseline: stage at 9000/4000 instead of 2000/5000.';
    expect((await lastDecision(control))?.reason).toContain(excess);
    expect(control.world.announced().map(({ detail }) => detail.reason)).toEqual([expect.stringContaining(excess)]);
  });

  test('and until the year 9999 is refused', async () => {
    control.world.override({ ...pin, stage: { rateRps: 50, burst: 5 }, until: '9999-01-01T00:00:00Z' });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(LAW_WANTS);
    const refusal = (await control.decisions()).find(({ rule }) => rule === 'override-rejected');
    expect(refusal?.reason).toContain('until: expected a time at most 7 days after the edit');
    // It does not come into force years later, when its end is near.
    control.world.now = Date.parse('9998-12-31T00:00:00Z');
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(LAW_WANTS);
  });
});

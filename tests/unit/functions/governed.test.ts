import { readDesired } from '../../../shared/state/desired.ts';
import { readGoverned } from '../../../shared/state/governed-names.ts';
import { putItem, queryItems } from '../../../shared/state/items/table.ts';
import { readWayBack } from '../../../shared/state/way-back.ts';
import { LAW_WANTS, lastDecision, minute, stageRate, startOverridden } from '../../support/functions/override-story.ts';
import type { StartedControl } from '../../support/functions/start-control.ts';
import { API, POLICY_NAME, SCHEDULE, T0 } from '../../support/functions/world.ts';

let control: StartedControl;
beforeEach(async () => {
  control = await startOverridden();
});
afterEach(() => control.close());

describe('an API whose policy and override are both deleted', () => {
  const steps = async (atMost = 40): Promise<number[]> => {
    const rates = [stageRate(control) ?? 0];
    for (let ticks = 0; ticks < atMost && (await lastDecision(control))?.rule !== 'released'; ticks++) {
      await minute(control);
      rates.push(stageRate(control) ?? 0);
    }
    return rates;
  };

  test('during a kill is led back in steps to its deployed limits, then let go with a last decision', async () => {
    control.world.override({ action: 'kill', floor: { rateRps: 5, burst: 2 } });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(5);
    control.world.parameters = [];
    expect(await minute(control)).toMatchObject({ rule: 'override-over', policy: { name: POLICY_NAME, version: 1 } });
    const rates = await steps();
    for (const [index, rate] of rates.entries())
      if (index > 0) expect(rate).toBeLessThanOrEqual((rates[index - 1] ?? 0) * 1.5 + 0.01);
    expect(rates.at(-1)).toBe(2000);
    expect((await lastDecision(control))?.reason).toContain('Control changes none of them');
    expect(await readDesired(control.table, API)).toBeUndefined();
    const count = (await control.decisions()).length;
    await minute(control);
    expect(await control.decisions()).toHaveLength(count);
    expect(control.world.metric('Heartbeat').at(-1)).toBe(1);
  });

  test('goes back to where the kill found it where the policy did not enforce', async () => {
    control.world.policy({ mode: 'shadow' });
    control.world.stage['*/*'] = { throttlingRateLimit: 1234, throttlingBurstLimit: 56 };
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    control.world.parameters = [];
    await steps();
    expect(control.world.stage['*/*']).toEqual({ throttlingRateLimit: 1234, throttlingBurstLimit: 56 });
    expect(await lastDecision(control)).toMatchObject({ rule: 'released' });
  });

  test('in mid-brake of the law is led back too, plans and all, before it is let go', async () => {
    control.answer = ({ live }) => ({
      desired: {
        stage: { '*/*': { rateRps: 500, burst: 15 } },
        tiers: { ...live.tiers, basic: { rateRps: 20, burst: 4 } },
      },
    });
    await control.run(SCHEDULE);
    control.world.plans.planB = { rateLimit: 20, burstLimit: 4 };
    control.world.parameters = [];
    await steps(10);
    expect(stageRate(control)).toBe(2000);
    expect((await lastDecision(control))?.rule).not.toBe('released');
    expect((await readDesired(control.table, API))?.plans.basic?.limit).toEqual({ rateRps: 100, burst: 200 });
    control.world.plans.planB = { rateLimit: 100, burstLimit: 200 };
    await steps(2);
    expect(await lastDecision(control)).toMatchObject({ rule: 'released' });
  });

  test('is governed as before once it has a policy again', async () => {
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    control.world.parameters = [];
    await minute(control);
    control.world.policy({ mode: 'enforce' });
    for (let ticks = 0; ticks < 40 && (await readWayBack(control.table, API)); ticks++) await minute(control);
    expect(await minute(control)).toMatchObject({ rule: 'test-rule', policy: { version: 1 } });
    expect(stageRate(control)).toBe(LAW_WANTS);
  });

  test('and that never had a policy beats: control lives', async () => {
    control.world.parameters = [];
    await control.run(SCHEDULE);
    expect(control.world.metric('Heartbeat')).toEqual([1]);
    expect(await control.decisions()).toEqual([]);
  });
});

describe('what is governed', () => {
  const governed = async () => await readGoverned(control.table);

  test('is noted with its limits and the floor of a kill, and written only when it changes', async () => {
    await control.run(SCHEDULE);
    const baseline = {
      stage: { rateRps: 2000, burst: 5000 },
      tiers: { premium: { rateRps: 2000, burst: 5000 }, basic: { rateRps: 100, burst: 200 } },
    };
    const governs = { api: 'abc123def4/dev', version: 1, baseline, floor: { rateRps: 100, burst: 25 } };
    expect(await governed()).toEqual([{ name: POLICY_NAME, governs, refusals: [] }]);
    await minute(control);
    expect((await queryItems(control.table, 'GOVERNED'))[0]?.atMs).toBe(T0);
  });

  test('names what was refused, also under names that govern nothing', async () => {
    control.world.parameters.push({ Name: '/tidegate/dev/policies/legacy', Value: '{"api":"zzz/live"}', Version: 7 });
    control.world.parameters.push({ Name: '/tidegate/dev/overrides/defualt', Value: '{"action":"kill"}', Version: 2 });
    control.world.override({ action: 'kil' }, 3);
    await control.run(SCHEDULE);
    const told = (await governed()).map(({ name, governs, refusals }) => [name, governs?.api, refusals]);
    expect(told).toEqual([
      [POLICY_NAME, 'abc123def4/dev', [{ kind: 'OVERRIDE', version: 3, why: expect.stringContaining('found "kil"') }]],
      ['/tidegate/dev/policies/defualt', undefined, [expect.objectContaining({ kind: 'OVERRIDE', version: 2 })]],
      ['/tidegate/dev/policies/legacy', undefined, [expect.objectContaining({ kind: 'POLICY', version: 7 })]],
    ]);
    control.world.policy({ mode: 'enforce' });
    await minute(control);
    expect((await governed()).map(({ name }) => name)).toEqual([POLICY_NAME]);
  });

  test('is noted afresh where the note was damaged', async () => {
    await putItem(control.table, { pk: 'GOVERNED', sk: POLICY_NAME }, { governed: '{"name":7}' });
    await putItem(control.table, { pk: 'GOVERNED', sk: '/other' }, { governed: '[]' });
    expect(await governed()).toEqual([]);
    await control.run(SCHEDULE);
    expect((await governed()).map(({ name }) => name)).toEqual([POLICY_NAME]);
  });
});

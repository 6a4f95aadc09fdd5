import { GetUsagePlansCommand } from '@aws-sdk/client-api-gateway';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { readKnownGood } from '../../../shared/state/known-documents.ts';
import { addWindowPart } from '../../../shared/state/window-store.ts';
import { LATENCY_BOUNDS_MS } from '../../../shared/telemetry/window.ts';
import { emptyCell, emptyWindow } from '../../../shared/telemetry/windows.ts';
import { type StartedControl, startControl } from '../../support/functions/start-control.ts';
import { API, POLICY_NAME, SCHEDULE, T0 } from '../../support/functions/world.ts';

const MINUTE_MS = 60_000;
let control: StartedControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(() => control.close());
const ruled = async (rule: string) => (await control.decisions()).filter((each) => each.rule === rule);
const last = async () => (await control.decisions()).filter(({ rule }) => rule === 'test-rule').at(-1);

/** Windows of a hundred answers each, fast or slow, from one instant to another. */
async function seen(latencyMs: number, fromMs: number, toMs: number): Promise<void> {
  const latency = LATENCY_BOUNDS_MS.map((bound) => (bound === latencyMs ? 100 : 0));
  for (let startMs = fromMs; startMs < toMs; startMs += 10_000) {
    const cells = { basic: { '/data/GET': { ...emptyCell(), requests: 100, latency } } };
    await addWindowPart(control.table, API, 'b', { ...emptyWindow(startMs), cells, lagMs: 1000 }, T0);
  }
}

/** A calm of eleven minutes, then a new version, then half a minute of slow answers. */
async function harmful(document: object): Promise<void> {
  await control.run(SCHEDULE);
  await seen(100, T0 - 11 * MINUTE_MS, T0);
  control.world.policy(document, 2);
  await control.run(SCHEDULE);
  expect((await last())?.policy).toEqual({ name: POLICY_NAME, version: 2 });
  await seen(2000, T0, T0 + 40_000);
  control.world.now = T0 + MINUTE_MS;
  await control.run(SCHEDULE);
}

describe('a new version under which the objective is violated', () => {
  test('is rolled back, once, announced, and shown from then on', async () => {
    await harmful({ mode: 'enforce', guardrails: { leastRateRps: 2 } });
    expect(control.inputs.at(-1)?.policy.guardrails.leastRateRps).not.toBe(2);
    for (let times = 0; times < 3; times++) {
      control.world.now += MINUTE_MS;
      await control.run(SCHEDULE);
    }
    const [rollback, ...others] = await ruled('policy-rolled-back');
    expect(others).toEqual([]);
    expect(rollback?.reason).toContain(
      `${POLICY_NAME} version 2: This version was rolled back: the objective had held for 600 s`,
    );
    expect(rollback?.reason).toContain('Version 1 stays in force.');
    expect(control.world.announced().map(({ detail }) => detail.rule)).toEqual(['policy-rolled-back']);
    expect((await last())?.policy).toMatchObject({
      version: 1,
      refused: { version: 2, why: expect.stringContaining('This version was rolled back') },
    });
  });

  test('stays back while Parameter Store does not answer', async () => {
    await harmful({ mode: 'enforce' });
    control.world.ssm.on(GetParametersByPathCommand).rejects(new Error('down'));
    control.world.now += MINUTE_MS;
    await control.run(SCHEDULE);
    expect((await last())?.policy.version).toBe(1);
  });

  test('gives way to the next edit, which is not rolled back in the midst of the incident', async () => {
    await harmful({ mode: 'enforce' });
    control.world.policy({ mode: 'enforce' }, 3);
    await control.run(SCHEDULE);
    await seen(2000, control.world.now, control.world.now + 60_000);
    control.world.now += 2 * MINUTE_MS;
    await control.run(SCHEDULE);
    expect((await last())?.policy).toEqual({ name: POLICY_NAME, version: 3 });
    expect(await ruled('policy-rolled-back')).toHaveLength(1);
  });

  test('is kept when it says that it must not bake', async () => {
    await harmful({ mode: 'enforce', rollback: { bakeSeconds: 0 } });
    expect((await last())?.policy).toEqual({ name: POLICY_NAME, version: 2 });
  });

  test('is kept when an operator brakes meanwhile: what happens then is not its doing', async () => {
    await control.run(SCHEDULE);
    await seen(100, T0 - 11 * MINUTE_MS, T0);
    control.world.policy({ mode: 'enforce' }, 2);
    control.world.override({ action: 'pause' });
    await control.run(SCHEDULE);
    await seen(2000, T0, T0 + 40_000);
    control.world.now += MINUTE_MS;
    await control.run(SCHEDULE);
    expect(await ruled('policy-rolled-back')).toEqual([]);
    control.world.override();
    control.world.now += MINUTE_MS;
    await control.run(SCHEDULE);
    expect(await ruled('policy-rolled-back')).toEqual([]);
    expect((await readKnownGood(control.table, 'POLICY')).get(POLICY_NAME)?.baking).toBeUndefined();
  });
});

test('a version that did no harm is good from then on: a later one goes back to it', async () => {
  await control.run(SCHEDULE);
  control.world.policy({ mode: 'enforce' }, 2);
  await control.run(SCHEDULE);
  expect((await readKnownGood(control.table, 'POLICY')).get(POLICY_NAME)?.baking?.before.version).toBe(1);
  control.world.now += 13 * MINUTE_MS;
  await control.run(SCHEDULE);
  expect((await readKnownGood(control.table, 'POLICY')).get(POLICY_NAME)).toMatchObject({ version: 2 });
  expect((await readKnownGood(control.table, 'POLICY')).get(POLICY_NAME)?.baking).toBeUndefined();
});

test('two edits in a row go back to the last version that was not on probation', async () => {
  await control.run(SCHEDULE);
  for (const version of [2, 3]) {
    control.world.policy({ mode: 'enforce' }, version);
    await control.run(SCHEDULE);
  }
  expect((await readKnownGood(control.table, 'POLICY')).get(POLICY_NAME)?.baking?.before.version).toBe(1);
});

test('the very first policy has nothing to go back to', async () => {
  await control.run(SCHEDULE);
  expect((await readKnownGood(control.table, 'POLICY')).get(POLICY_NAME)?.baking).toBeUndefined();
});

test('a refused version is shown in every decision, next to the active one', async () => {
  await control.run(SCHEDULE);
  control.world.policy({ mode: 'brutal' }, 2);
  await control.run(SCHEDULE);
  control.world.now += MINUTE_MS;
  await control.run(SCHEDULE);
  expect((await last())?.policy).toEqual({
    name: POLICY_NAME,
    version: 1,
    refused: { version: 2, why: expect.stringContaining('mode: expected one of "shadow", "advise", "enforce"') },
  });
});

test('a newcomer whose name sorts first does not take the stage from the policy that governs it', async () => {
  await control.run(SCHEDULE);
  const [policy] = control.world.parameters;
  control.world.parameters.push({ Name: '/tidegate/dev/policies/a', Value: policy?.Value ?? '', Version: 1 });
  control.world.now += MINUTE_MS;
  await control.run(SCHEDULE);
  expect((await last())?.policy.name).toBe(POLICY_NAME);
  expect((await ruled('policy-rejected'))[0]?.reason).toContain(`is already governed by ${POLICY_NAME}`);
});

describe('a tier whose plan is gone', () => {
  const naming = { mode: 'enforce', tiers: { basic: { weight: 2 } } };

  test('cannot be named by a new version', async () => {
    await control.run(SCHEDULE);
    control.world.plans = { planP: { rateLimit: 2000, burstLimit: 5000 } };
    control.world.policy(naming, 2);
    await control.run(SCHEDULE);
    expect((await last())?.policy.version).toBe(1);
    const [refusal] = await ruled('policy-rejected');
    expect(refusal?.reason).toContain(
      'tiers.basic: expected a tier whose usage plan exists and has a throttle; found plan',
    );
    expect(refusal?.reason).toContain('planB');
  });

  test('is no reason to refuse while API Gateway does not answer', async () => {
    await control.run(SCHEDULE);
    control.world.policy(naming, 2);
    control.world.aws
      .on(GetUsagePlansCommand)
      .rejectsOnce(new Error('down'))
      .callsFake(() => ({
        items: Object.entries(control.world.plans).map(([id, throttle]) => ({ id, throttle })),
      }));
    await control.run(SCHEDULE);
    expect((await last())?.policy.version).toBe(2);
  });
});

describe('policies', () => {
  test('a broken edit never takes effect: the last good version stays, and the refusal is recorded once', async () => {
    await control.run(SCHEDULE);
    control.world.parameters = [{ Name: POLICY_NAME, Value: '{"api":"abc123def4/dev","mod":"enforce"}', Version: 2 }];
    for (let times = 0; times < 3; times++) {
      control.world.now += 60_000;
      await control.run(SCHEDULE);
    }
    expect(control.inputs).toHaveLength(4);
    expect(control.inputs.at(-1)?.policy.mode).toBe('enforce');
    const refusals = (await control.decisions()).filter(({ rule }) => rule === 'policy-rejected');
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ kind: 'hold', policy: { name: POLICY_NAME, version: 1 } });
    expect(refusals[0]?.reason).toContain('version 2');
    expect(refusals[0]?.reason).toContain('mod');
    expect(control.world.announced()).toHaveLength(1);
    expect((await control.decisions()).at(-1)?.policy.version).toBe(1);
  });

  test('without any good version nothing is governed, and the refusal says so', async () => {
    control.world.parameters = [{ Name: POLICY_NAME, Value: 'nonsense', Version: 1 }];
    await control.run(SCHEDULE);
    expect(control.inputs).toHaveLength(0);
    expect((await control.decisions())[0]?.reason).toContain('No policy is in force');
  });

  test('a refusal that cannot be announced is recorded all the same, and costs nobody a tick', async () => {
    await control.run(SCHEDULE);
    control.world.events.on(PutEventsCommand).rejects(new Error('denied'));
    control.world.parameters = [{ Name: POLICY_NAME, Value: '{}', Version: 2 }];
    await control.run(SCHEDULE);
    expect((await control.decisions()).map(({ rule }) => rule)).toContain('policy-rejected');
    expect(control.inputs).toHaveLength(2);
  });

  test('two that claim one stage: the first keeps it, the second is refused', async () => {
    const [first] = control.world.parameters;
    control.world.parameters.push({ Name: '/tidegate/dev/policies/rival', Value: first?.Value ?? '', Version: 1 });
    await control.run(SCHEDULE);
    expect(control.inputs).toHaveLength(1);
    expect((await control.decisions()).find(({ rule }) => rule === 'policy-rejected')?.reason).toContain('governed by');
  });

  test('Parameter Store not answering is no change of policy', async () => {
    await control.run(SCHEDULE);
    control.world.ssm.on(GetParametersByPathCommand).rejects(new Error('down'));
    control.world.now += 60_000;
    await control.run(SCHEDULE);
    expect(control.inputs).toHaveLength(2);
  });

  test('are read to the last page, also past an empty one', async () => {
    const [policy] = control.world.parameters;
    control.world.ssm
      .on(GetParametersByPathCommand)
      .resolvesOnce({ Parameters: [], NextToken: 'more' })
      .resolvesOnce({ Parameters: policy ? [policy] : [] });
    await control.run(SCHEDULE);
    expect(control.inputs).toHaveLength(1);
  });
});

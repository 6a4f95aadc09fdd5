import { GetUsagePlansCommand } from '@aws-sdk/client-api-gateway';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { createControl } from '../../../functions/control/control.ts';
import type { LawInput } from '../../../shared/law/types.ts';
import type { Decision } from '../../../shared/state/decisions.ts';
import { queryItems } from '../../../shared/state/items/table.ts';
import { readKnownGood } from '../../../shared/state/known-documents.ts';
import { addWindowPart } from '../../../shared/state/window-store.ts';
import { LATENCY_BOUNDS_MS } from '../../../shared/telemetry/window.ts';
import { emptyCell, emptyWindow } from '../../../shared/telemetry/windows.ts';
import { type LocalTable, localTable } from '../state/dynalite.ts';
import { API, CONCLUSION, POLICY_NAME, SCHEDULE, T0, World } from './world.ts';

const MINUTE_MS = 60_000;
let table: LocalTable;
let world: World;
let inputs: LawInput<unknown>[];
let run: (event: unknown) => Promise<void>;

beforeEach(async () => {
  table = await localTable();
  world = new World();
  inputs = [];
  run = createControl(
    world.dependencies(table, (input) => {
      inputs.push(input);
      return { state: {}, conclusion: CONCLUSION, desired: input.live };
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
const ruled = async (rule: string) => (await decisions()).filter((each) => each.rule === rule);
const last = async () => (await decisions()).filter(({ rule }) => rule === 'test-rule').at(-1);

/** Windows of a hundred answers each, fast or slow, from one instant to another. */
async function seen(latencyMs: number, fromMs: number, toMs: number): Promise<void> {
  const latency = LATENCY_BOUNDS_MS.map((bound) => (bound === latencyMs ? 100 : 0));
  for (let startMs = fromMs; startMs < toMs; startMs += 10_000) {
    const cells = { basic: { '/data/GET': { ...emptyCell(), requests: 100, latency } } };
    await addWindowPart(table, API, 'b', { ...emptyWindow(startMs), cells, lagMs: 1000 }, T0);
  }
}

/** A calm of eleven minutes, then a new version, then half a minute of slow answers. */
async function harmful(document: object): Promise<void> {
  await run(SCHEDULE);
  await seen(100, T0 - 11 * MINUTE_MS, T0);
  world.policy(document, 2);
  await run(SCHEDULE);
  expect((await last())?.policy).toEqual({ name: POLICY_NAME, version: 2 });
  await seen(2000, T0, T0 + 40_000);
  world.now = T0 + MINUTE_MS;
  await run(SCHEDULE);
}

describe('a new version under which the objective is violated', () => {
  test('is rolled back, once, announced, and shown from then on', async () => {
    await harmful({ mode: 'enforce', guardrails: { leastRateRps: 2 } });
    expect(inputs.at(-1)?.policy.guardrails.leastRateRps).not.toBe(2);
    for (let times = 0; times < 3; times++) {
      world.now += MINUTE_MS;
      await run(SCHEDULE);
    }
    const [rollback, ...others] = await ruled('policy-rolled-back');
    expect(others).toEqual([]);
    expect(rollback?.reason).toContain(
      `${POLICY_NAME} version 2: This version was rolled back: the objective had held for 600 s`,
    );
    expect(rollback?.reason).toContain('Version 1 stays in force.');
    expect(world.announced().map(({ detail }) => detail.rule)).toEqual(['policy-rolled-back']);
    expect((await last())?.policy).toMatchObject({
      version: 1,
      refused: { version: 2, why: expect.stringContaining('This version was rolled back') },
    });
  });

  test('stays back while Parameter Store does not answer', async () => {
    await harmful({ mode: 'enforce' });
    world.ssm.on(GetParametersByPathCommand).rejects(new Error('down'));
    world.now += MINUTE_MS;
    await run(SCHEDULE);
    expect((await last())?.policy.version).toBe(1);
  });

  test('gives way to the next edit, which is not rolled back in the midst of the incident', async () => {
    await harmful({ mode: 'enforce' });
    world.policy({ mode: 'enforce' }, 3);
    await run(SCHEDULE);
    await seen(2000, world.now, world.now + 60_000);
    world.now += 2 * MINUTE_MS;
    await run(SCHEDULE);
    expect((await last())?.policy).toEqual({ name: POLICY_NAME, version: 3 });
    expect(await ruled('policy-rolled-back')).toHaveLength(1);
  });

  test('is kept when it says that it must not bake', async () => {
    await harmful({ mode: 'enforce', rollback: { bakeSeconds: 0 } });
    expect((await last())?.policy).toEqual({ name: POLICY_NAME, version: 2 });
  });

  test('is kept when an operator brakes meanwhile: what happens then is not its doing', async () => {
    await run(SCHEDULE);
    await seen(100, T0 - 11 * MINUTE_MS, T0);
    world.policy({ mode: 'enforce' }, 2);
    world.override({ action: 'pause' });
    await run(SCHEDULE);
    await seen(2000, T0, T0 + 40_000);
    world.now += MINUTE_MS;
    await run(SCHEDULE);
    expect(await ruled('policy-rolled-back')).toEqual([]);
    world.override();
    world.now += MINUTE_MS;
    await run(SCHEDULE);
    expect(await ruled('policy-rolled-back')).toEqual([]);
    expect((await readKnownGood(table, 'POLICY')).get(POLICY_NAME)?.baking).toBeUndefined();
  });
});

test('a version that did no harm is good from then on: a later one goes back to it', async () => {
  await run(SCHEDULE);
  world.policy({ mode: 'enforce' }, 2);
  await run(SCHEDULE);
  expect((await readKnownGood(table, 'POLICY')).get(POLICY_NAME)?.baking?.before.version).toBe(1);
  world.now += 13 * MINUTE_MS;
  await run(SCHEDULE);
  expect((await readKnownGood(table, 'POLICY')).get(POLICY_NAME)).toMatchObject({ version: 2 });
  expect((await readKnownGood(table, 'POLICY')).get(POLICY_NAME)?.baking).toBeUndefined();
});

test('two edits in a row go back to the last version that was not on probation', async () => {
  await run(SCHEDULE);
  for (const version of [2, 3]) {
    world.policy({ mode: 'enforce' }, version);
    await run(SCHEDULE);
  }
  expect((await readKnownGood(table, 'POLICY')).get(POLICY_NAME)?.baking?.before.version).toBe(1);
});

test('the very first policy has nothing to go back to', async () => {
  await run(SCHEDULE);
  expect((await readKnownGood(table, 'POLICY')).get(POLICY_NAME)?.baking).toBeUndefined();
});

test('a refused version is shown in every decision, next to the active one', async () => {
  await run(SCHEDULE);
  world.policy({ mode: 'brutal' }, 2);
  await run(SCHEDULE);
  world.now += MINUTE_MS;
  await run(SCHEDULE);
  expect((await last())?.policy).toEqual({
    name: POLICY_NAME,
    version: 1,
    refused: { version: 2, why: expect.stringContaining('mode: expected one of "shadow", "advise", "enforce"') },
  });
});

test('a newcomer whose name sorts first does not take the stage from the policy that governs it', async () => {
  await run(SCHEDULE);
  const [policy] = world.parameters;
  world.parameters.push({ Name: '/tidegate/dev/policies/a', Value: policy?.Value ?? '', Version: 1 });
  world.now += MINUTE_MS;
  await run(SCHEDULE);
  expect((await last())?.policy.name).toBe(POLICY_NAME);
  expect((await ruled('policy-rejected'))[0]?.reason).toContain(`is already governed by ${POLICY_NAME}`);
});

describe('a tier whose plan is gone', () => {
  const naming = { mode: 'enforce', tiers: { basic: { weight: 2 } } };

  test('cannot be named by a new version', async () => {
    await run(SCHEDULE);
    world.plans = { planP: { rateLimit: 2000, burstLimit: 5000 } };
    world.policy(naming, 2);
    await run(SCHEDULE);
    expect((await last())?.policy.version).toBe(1);
    const [refusal] = await ruled('policy-rejected');
    expect(refusal?.reason).toContain(
      'tiers.basic: expected a tier whose usage plan exists and has a throttle; found plan',
    );
    expect(refusal?.reason).toContain('planB');
  });

  test('is no reason to refuse while API Gateway does not answer', async () => {
    await run(SCHEDULE);
    world.policy(naming, 2);
    world.aws
      .on(GetUsagePlansCommand)
      .rejectsOnce(new Error('down'))
      .callsFake(() => ({
        items: Object.entries(world.plans).map(([id, throttle]) => ({ id, throttle })),
      }));
    await run(SCHEDULE);
    expect((await last())?.policy.version).toBe(2);
  });
});

import { UpdateStageCommand, UpdateUsagePlanCommand } from '@aws-sdk/client-api-gateway';
import { createControl } from '../../../functions/control/control.ts';
import type { LawInput } from '../../../shared/law/types.ts';
import type { Decision } from '../../../shared/state/decisions.ts';
import { readDesired } from '../../../shared/state/desired.ts';
import { queryItems } from '../../../shared/state/items/table.ts';
import { brokenPolicies } from '../../support/faults/broken-policies.ts';
import { type LocalTable, localTable } from '../state/dynalite.ts';
import { API, CONCLUSION, POLICY_NAME, SCHEDULE, World } from './world.ts';

const DOCUMENTS = brokenPolicies(1, 180);
/** Where, what was expected, what was found, and how to fix it. */
const REFUSAL = /version \d+: .*: expected .+; found .+\. Fix: .+/s;

let table: LocalTable;
let world: World;
let policiesSeen: LawInput<unknown>['policy'][];
let run: (event: unknown) => Promise<void>;

beforeAll(async () => {
  table = await localTable();
  world = new World();
  policiesSeen = [];
  run = createControl(
    world.dependencies(table, ({ live, policy }) => {
      policiesSeen.push(policy);
      return { state: {}, conclusion: CONCLUSION, desired: live };
    }),
  );
  await run(SCHEDULE);
  for (const [index, Value] of DOCUMENTS.entries()) {
    world.now += 60_000;
    world.parameters = [{ Name: POLICY_NAME, Value, Version: index + 2 }];
    await run(SCHEDULE);
  }
}, 120_000);
afterAll(async () => {
  world.restore();
  await table.close();
});

test('there are more than two hundred of them', () => expect(DOCUMENTS.length).toBeGreaterThan(200));

test('none changes a limit, what is desired, or the policy in force', async () => {
  expect(world.aws.commandCalls(UpdateStageCommand)).toEqual([]);
  expect(world.aws.commandCalls(UpdateUsagePlanCommand)).toEqual([]);
  expect(policiesSeen).toHaveLength(DOCUMENTS.length + 1);
  expect(new Set(policiesSeen.map((policy) => JSON.stringify(policy))).size).toBe(1);
  expect((await readDesired(table, API))?.stage['*/*']?.rateRps).toBe(2000);
});

test('each is refused once, with its version, its path and how to fix it', async () => {
  const items = await queryItems(table, 'DECISION#abc123def4/dev');
  const decisions = items.map((item) => JSON.parse(String(item.decision)) as Decision);
  const refusals = decisions.filter(({ rule }) => rule === 'policy-rejected');
  expect(refusals.map(({ estimates }) => estimates.refusedVersion)).toEqual(DOCUMENTS.map((_, index) => index + 2));
  expect(refusals.map(({ reason }) => reason).filter((reason) => !REFUSAL.test(reason))).toEqual([]);
});

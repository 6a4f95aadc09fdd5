import { UpdateStageCommand, UpdateUsagePlanCommand } from '@aws-sdk/client-api-gateway';
import { readDesired } from '../../../shared/state/desired.ts';
import { brokenPolicies } from '../../support/faults/broken-policies.ts';
import { type StartedControl, startControl } from '../../support/functions/start-control.ts';
import { API, POLICY_NAME, SCHEDULE } from '../../support/functions/world.ts';

const DOCUMENTS = brokenPolicies(1, 180);
/** Where, what was expected, what was found, and how to fix it. */
const REFUSAL = /version \d+: .*: expected .+; found .+\. Fix: .+/s;

let control: StartedControl;
beforeAll(async () => {
  control = await startControl();
  await control.run(SCHEDULE);
  for (const [index, Value] of DOCUMENTS.entries()) {
    control.world.now += 60_000;
    control.world.parameters = [{ Name: POLICY_NAME, Value, Version: index + 2 }];
    await control.run(SCHEDULE);
  }
}, 120_000);
afterAll(() => control.close());

test('there are more than two hundred of them', () => expect(DOCUMENTS.length).toBeGreaterThan(200));

test('none changes a limit, what is desired, or the policy in force', async () => {
  expect(control.world.aws.commandCalls(UpdateStageCommand)).toEqual([]);
  expect(control.world.aws.commandCalls(UpdateUsagePlanCommand)).toEqual([]);
  const policiesSeen = control.inputs.map(({ policy }) => policy);
  expect(policiesSeen).toHaveLength(DOCUMENTS.length + 1);
  expect(new Set(policiesSeen.map((policy) => JSON.stringify(policy))).size).toBe(1);
  expect((await readDesired(control.table, API))?.stage['*/*']?.rateRps).toBe(2000);
});

test('each is refused once, with its version, its path and how to fix it', async () => {
  const refusals = (await control.decisions()).filter(({ rule }) => rule === 'policy-rejected');
  expect(refusals.map(({ estimates }) => estimates.refusedVersion)).toEqual(DOCUMENTS.map((_, index) => index + 2));
  expect(refusals.map(({ reason }) => reason).filter((reason) => !REFUSAL.test(reason))).toEqual([]);
});

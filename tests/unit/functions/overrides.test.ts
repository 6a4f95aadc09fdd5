import { UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { GetParameterCommand, GetParameterHistoryCommand, GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { createControl } from '../../../functions/control/control.ts';
import type { LawInput } from '../../../shared/law/types.ts';
import { readGoverned } from '../../../shared/state/governed-names.ts';
import { takeLease } from '../../../shared/state/lease.ts';
import {
  LAW_WANTS,
  lastDecision,
  MINUTE_MS,
  minute,
  stageRate,
  startOverridden,
} from '../../support/functions/override-story.ts';
import type { StartedControl } from '../../support/functions/start-control.ts';
import {
  API,
  AUTHOR,
  CIPHERTEXT,
  CONCLUSION,
  OVERRIDE_NAME,
  POLICY_NAME,
  SCHEDULE,
  T0,
} from '../../support/functions/world.ts';

let control: StartedControl;
beforeEach(async () => {
  control = await startOverridden();
});
afterEach(() => control.close());

describe('the override parameter', () => {
  test('is recorded and announced once, with who, when and why', async () => {
    control.world.override({ action: 'kill', reason: 'fire' });
    for (let times = 0; times < 3; times++) await minute(control);
    const orders = (await control.decisions()).filter(({ rule }) => rule === 'override-kill-ordered');
    expect(orders).toHaveLength(1);
    expect(orders[0]).toMatchObject({ atMs: T0, kind: 'hold' });
    expect(orders[0]?.reason).toBe(
      `${OVERRIDE_NAME}: "kill" was put by ${AUTHOR} at 2031-01-01T00:00:00.000Z, version 1 ("fire"). The next decision carries the override out.`,
    );
    expect(control.world.announced().map(({ detail }) => detail.rule)).toEqual(['override-kill-ordered']);
    expect(control.world.ssm.commandCalls(GetParameterHistoryCommand)).toHaveLength(1);
  });

  test('works when nobody can say who put it', async () => {
    control.world.ssm.on(GetParameterHistoryCommand).rejects(new Error('rationed'));
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(100);
    expect((await lastDecision(control))?.reason).toContain('Killed by someone AWS did not name at');
  });

  test('that is broken holds the last good one, and is announced once', async () => {
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    control.world.override({ action: 'resum' }, 2);
    for (let times = 0; times < 3; times++) await minute(control);
    expect(stageRate(control)).toBe(100);
    expect(await lastDecision(control)).toMatchObject({ rule: 'override-kill' });
    const refusals = (await control.decisions()).filter(({ rule }) => rule === 'override-rejected');
    expect(refusals).toHaveLength(1);
    expect(refusals[0]?.reason).toContain('found "resum"');
    expect(refusals[0]?.reason).toContain('Version 1 (kill) stays in force.');
    expect(control.world.announced().filter(({ detail }) => detail.rule === 'override-rejected')).toHaveLength(1);
  });

  test('that was never good brakes nothing', async () => {
    control.world.override({ action: 'stop' });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(LAW_WANTS);
    expect((await control.decisions()).find(({ rule }) => rule === 'override-rejected')?.reason).toContain(
      'No override is in',
    );
  });

  test('is one of several in the same millisecond, and each is recorded', async () => {
    const names = ['a', 'b', 'c/d', 'e/d'].map((name) => `/tidegate/dev/overrides/${name}`);
    for (const Name of names) control.world.parameters.push({ Name, Value: 'not json', Version: 1 });
    for (const kind of ['policies', 'overrides'])
      for (const letter of ['x', 'y'])
        control.world.parameters.push({
          Name: `/tidegate/dev/${kind}/${letter}`,
          Value: kind === 'policies' ? '7' : '{"action":"resume"}',
          Version: 1,
          LastModifiedDate: new Date(T0),
        });
    await control.run(SCHEDULE);
    const of = async (rule: string) => (await control.decisions()).filter((each) => each.rule === rule);
    const refused = (await of('override-rejected')).map(({ reason }) => reason.split(' ')[0]);
    for (const name of names) expect(refused).toContain(name);
    expect(await of('policy-rejected')).toHaveLength(2);
    expect(await of('override-resume-ordered')).toHaveLength(2);
  });

  test('naming a tier that is not deployed is refused', async () => {
    control.world.override({ action: 'pin', until: '2031-01-02T00:00:00Z', tiers: { gold: { rateRps: 1, burst: 1 } } });
    await control.run(SCHEDULE);
    expect((await control.decisions()).find(({ rule }) => rule === 'override-rejected')?.reason).toContain(
      'tiers.gold: expected one of premium, basic',
    );
  });

  test('stays as it was while Parameter Store does not answer', async () => {
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    control.world.ssm.on(GetParametersByPathCommand).rejects(new Error('down'));
    control.world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    await minute(control);
    expect(stageRate(control)).toBe(100);
    expect((await lastDecision(control))?.reason).toContain(AUTHOR);
  });

  test('works under a policy that was never any good, and under none at all', async () => {
    control.world.parameters = [{ Name: POLICY_NAME, Value: 'nonsense', Version: 1 }];
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(100);
    expect(await lastDecision(control)).toMatchObject({
      policy: { name: POLICY_NAME, version: 0 },
      rule: 'override-kill',
    });
    control.world.parameters = control.world.parameters.filter(({ Name }) => Name !== POLICY_NAME);
    control.world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    await minute(control);
    expect(stageRate(control)).toBe(100);
  });

  test('and a policy that turns bad under a kill changes nothing about it', async () => {
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    control.world.parameters = control.world.parameters.map((each) =>
      each.Name === POLICY_NAME ? { ...each, Value: '{"api":', Version: 2 } : each,
    );
    await minute(control);
    expect(await lastDecision(control)).toMatchObject({ rule: 'override-kill', policy: { version: 1 } });
  });

  test('of a name that no policy has brakes nothing, and says so', async () => {
    const Value = '{"action":"kill"}';
    control.world.parameters.push({ Name: '/tidegate/dev/overrides/defualt', Value, Version: 1 });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(LAW_WANTS);
    const refusal = (await control.decisions()).find(({ rule }) => rule === 'override-rejected');
    expect(refusal?.reason).toContain('Fix: use the name of a policy that does: default.');
  });

  test('an edit whose event meets a tick at work is carried out as soon as that tick ends', async () => {
    let isPut = false;
    control.answer = () => {
      if (!isPut) {
        isPut = true;
        control.world.override({ action: 'kill' });
        void takeLease(control.table, API, control.world.now);
      }
      return {};
    };
    control.world.aws.on(UpdateStageCommand).callsFake((input) => {
      for (const { path, value } of input.patchOperations) {
        if (path === '/*/*/throttling/rateLimit')
          control.world.stage['*/*'] = { throttlingRateLimit: Number(value), throttlingBurstLimit: 25 };
      }
      return { methodSettings: structuredClone(control.world.stage) };
    });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(100);
  });

  test('any number of new ones waits for its authors at once', async () => {
    for (let index = 1; index < 11; index++)
      control.world.parameters.push({
        Name: `/tidegate/dev/overrides/other-${index}`,
        Value: '{"action":"resume"}',
        Version: 1,
      });
    control.world.override({ action: 'kill' });
    const waiting: (() => void)[] = [];
    // Nobody is answered before all have asked.
    control.world.ssm.on(GetParameterHistoryCommand).callsFake(async () => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 11) for (const answered of waiting) answered();
      });
      throw new Error('rationed');
    });
    await control.run(SCHEDULE);
    expect(waiting).toHaveLength(11);
    expect(stageRate(control)).toBe(100);
  });

  test.each([
    ['a resume', { action: 'resume' }],
    ['a pause', { action: 'pause' }],
    ['a pin', { action: 'pin', until: '2031-01-02T00:00:00Z', stage: { rateRps: 1500, burst: 100 } }],
  ])('kill is carried out without a policy, whatever the name of %s beside it', async (_, weaker) => {
    control.world.parameters = [{ Name: '/tidegate/dev/overrides/aaa', Value: JSON.stringify(weaker), Version: 1 }];
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(100);
    expect((await control.decisions()).find(({ rule }) => rule === 'override-rejected')?.reason).toContain(
      '/tidegate/dev/overrides/aaa version 1: the override has no effect, because no policy is in force and the override default',
    );
  });

  test('kill is carried out although the policy of another override was refused', async () => {
    control.world.parameters = [{ Name: POLICY_NAME, Value: 'nonsense', Version: 1 }];
    control.world.override({ action: 'resume' });
    control.world.parameters.push({ Name: '/tidegate/dev/overrides/zzz', Value: '{"action":"kill"}', Version: 1 });
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(100);
  });

  test('pin whose time is over does not come before a pause', async () => {
    const over = { action: 'pin', until: new Date(T0 - MINUTE_MS).toISOString(), stage: { rateRps: 5, burst: 5 } };
    control.world.parameters = [{ Name: '/tidegate/dev/overrides/aaa', Value: JSON.stringify(over), Version: 1 }];
    control.world.override({ action: 'pause' });
    await control.run(SCHEDULE);
    expect(await lastDecision(control)).toMatchObject({ rule: 'override-pause' });
  });
});

describe('a parameter whose check ends in an error', () => {
  /** As `below` answers it, with a value that throws when it is read. */
  const throwing = (name: string, version: number) => ({
    name,
    version,
    get value(): string {
      throw new RangeError('too deep');
    },
  });

  function runWith(...extra: ReturnType<typeof throwing>[]): (event: unknown) => Promise<void> {
    const law = ({ live }: LawInput<unknown>) => ({ state: {}, conclusion: CONCLUSION, desired: live });
    const dependencies = control.world.dependencies(control.table, law);
    const below = async (path: string) => {
      const thrown = extra.filter(({ name }) => name.startsWith(`${path}/`));
      const others = await dependencies.parameters.below(path);
      return [...thrown, ...others.filter((each) => thrown.every(({ name }) => name !== each.name))];
    };
    return createControl({ ...dependencies, parameters: { ...dependencies.parameters, below } });
  }
  const rejections = async () => (await control.decisions()).filter(({ rule }) => /-rejected$/.test(rule));

  test('is refused by name, and a kill beside it is carried out', async () => {
    control.world.override({ action: 'kill' });
    await runWith(throwing('/tidegate/dev/overrides/a', 1), throwing('/tidegate/dev/policies/a', 1))(SCHEDULE);
    expect(stageRate(control)).toBe(100);
    const reasons = (await rejections()).map(({ reason }) => reason);
    expect(reasons).toHaveLength(2);
    for (const reason of reasons) expect(reason).toContain('could not be checked (RangeError: too deep)');
  });

  test('leaves the last good version in force, of a policy and of an override', async () => {
    control.world.override({ action: 'kill' });
    await control.run(SCHEDULE);
    control.world.now += MINUTE_MS;
    control.world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    await runWith(throwing(OVERRIDE_NAME, 2), throwing(POLICY_NAME, 2))(SCHEDULE);
    expect(stageRate(control)).toBe(100);
    expect(await lastDecision(control)).toMatchObject({
      policy: { version: 1, refused: { version: 2 } },
      override: { version: 1, refused: { version: 2 } },
    });
  });
});

describe('a SecureString', () => {
  const secure = (isSealed: boolean, Value = '{"action":"kill"}', Name = OVERRIDE_NAME, Version = 1) =>
    void control.world.parameters.push({
      Name,
      Value,
      Version,
      Type: 'SecureString',
      isSealed,
      LastModifiedDate: new Date(T0),
    });
  const rejections = async () => (await control.decisions()).filter(({ rule }) => /-rejected$/.test(rule));

  test('kill is carried out where it may be decrypted', async () => {
    secure(false);
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(100);
  });

  test('that may not be decrypted disables nothing else, and its refusal says SecureString and what to do', async () => {
    control.world.override({ action: 'kill' });
    secure(true, 'sealed', '/tidegate/dev/overrides/other');
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(100);
    const [refusal] = await rejections();
    expect(refusal?.reason).toContain('/tidegate/dev/overrides/other version 1: The parameter is a SecureString');
    expect(refusal?.reason).toContain('store the parameter as type String');
    expect(refusal?.reason).not.toContain(CIPHERTEXT);
    expect(refusal?.reason).not.toContain('comma');
  });

  test('that was read before stays in force while it cannot be decrypted', async () => {
    secure(false);
    await control.run(SCHEDULE);
    for (const each of control.world.parameters) if (each.Type) each.isSealed = true;
    control.world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    await minute(control);
    expect(stageRate(control)).toBe(100);
    expect(await rejections()).toEqual([]);
  });

  test.each([
    ['of another kind', OVERRIDE_NAME, '{"action":"SESAME-ONE","until":"SESAME-TWO"}', 'action: expected one of'],
    [
      'with an unknown field',
      OVERRIDE_NAME,
      '{"action":"kill","reson":"SESAME"}',
      'reson: expected a field of the override',
    ],
    ['no JSON', OVERRIDE_NAME, 'SESAME-ONE SESAME-TWO', '(document): expected a JSON object'],
    ['broken JSON', OVERRIDE_NAME, '{\n"SESAME":', '(document), line 2, column 10: expected a JSON object'],
    ['a policy of another API', '/tidegate/dev/policies/b', '{"api":"sesame/dev"}', 'api: expected the API that'],
    [
      'a policy that contradicts itself',
      '/tidegate/dev/policies/b',
      '{"api":"abc123def4/dev","tracker":{"badAgeSeconds":"1234567","badAgeMaxSeconds":7654.321,"watchFactor":2.1234,"congestedFactor":2.1233}}',
      'tracker.watchFactor: expected at most tracker.congestedFactor',
    ],
  ])(
    'that is refused as %s shows its places and what is expected there, never a value',
    async (_, name, value, place) => {
      secure(false, value, name);
      await control.run(SCHEDULE);
      const said = JSON.stringify([
        await control.decisions(),
        control.world.logged,
        control.world.announced(),
        await readGoverned(control.table),
      ]);
      expect((await rejections())[0]?.reason).toContain(place);
      expect((await rejections())[0]?.reason).toContain('not shown, because the parameter is a SecureString');
      expect(said).not.toMatch(/sesame|1234567|7654.321|2\.123/i);
    },
  );

  test('policy that may not be decrypted leaves the last good one in force', async () => {
    await control.run(SCHEDULE);
    control.world.parameters = [];
    secure(true, 'sealed', POLICY_NAME, 2);
    expect(await minute(control)).toMatchObject({ policy: { version: 1, refused: { version: 2 } }, mode: 'enforce' });
    expect((await rejections())[0]?.reason).toContain('The parameter is a SecureString');
  });

  test('switch holds everything but a kill while it cannot be decrypted, and says so', async () => {
    secure(true, 'run', '/tidegate/dev/switch', 4);
    await control.run(SCHEDULE);
    expect(await lastDecision(control)).toMatchObject({ rule: 'paused' });
    expect((await rejections()).map(({ rule, reason }) => [rule, reason])).toEqual([
      [
        'switch-rejected',
        expect.stringMatching(/switch version 4: The parameter is a SecureString .* every limit stays as it is/),
      ],
    ]);
    control.world.override({ action: 'kill' });
    await minute(control);
    expect(stageRate(control)).toBe(100);
    expect(await rejections()).toHaveLength(1);
  });

  test('is read at the same time as all others, so that a slow key does not add up', async () => {
    const waiting: (() => void)[] = [];
    // Nobody is answered before all have asked.
    control.world.ssm
      .on(GetParameterCommand, { WithDecryption: true })
      .callsFake(async ({ Name }: { Name: string }) => {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === 5) for (const answered of waiting) answered();
        });
        return { Parameter: control.world.parameters.find((each) => each.Name === Name) };
      });
    for (let index = 1; index < 5; index++)
      secure(false, '{"action":"resume"}', `/tidegate/dev/overrides/other-${index}`);
    secure(false);
    await control.run(SCHEDULE);
    expect(stageRate(control)).toBe(100);
  });
});

test('a kill from a file that begins with a byte order mark is carried out', async () => {
  control.world.parameters.push({ Name: OVERRIDE_NAME, Value: '\ufeff{"action":"kill"}', Version: 1 });
  await control.run(SCHEDULE);
  expect(stageRate(control)).toBe(100);
});

describe('the nag', () => {
  const overdue = () => control.world.metric('OverrideOverdue').at(-1);

  test("rings after the policy's bound, or the override's own, and ends with the override", async () => {
    control.world.override({ action: 'pause', nagAfterSeconds: 300 });
    await control.run(SCHEDULE);
    expect(overdue()).toBe(0);
    control.world.now += 301_000;
    await control.run(SCHEDULE);
    expect(overdue()).toBe(1);
    control.world.override({ action: 'pause' }, 2);
    await control.run(SCHEDULE);
    expect(overdue()).toBe(0);
    control.world.now += 3_601_000;
    await control.run(SCHEDULE);
    expect(overdue()).toBe(1);
    control.world.override({ action: 'resume' }, 3);
    await control.run(SCHEDULE);
    expect(overdue()).toBe(0);
  });

  test('never for a pin that is over, nor for resume', async () => {
    const until = new Date(T0 + MINUTE_MS).toISOString();
    control.world.override({ action: 'pin', until, tiers: { basic: { rateRps: 20, burst: 4 } }, nagAfterSeconds: 60 });
    await control.run(SCHEDULE);
    control.world.now += 10 * MINUTE_MS;
    await control.run(SCHEDULE);
    control.world.override({ action: 'resume' }, 2);
    control.world.now += 100 * MINUTE_MS;
    await control.run(SCHEDULE);
    expect(control.world.metric('OverrideOverdue')).toEqual([0, 0, 0]);
  });
});

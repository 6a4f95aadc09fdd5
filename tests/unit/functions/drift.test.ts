import { createControl } from '../../../functions/control/control.ts';
import { readControlRecord } from '../../../shared/state/control-record.ts';
import { readDesired } from '../../../shared/state/desired.ts';
import { type StartedControl, startControl } from '../../support/functions/start-control.ts';
import { API, CONCLUSION, SCHEDULE } from '../../support/functions/world.ts';

const MINUTE = 60_000;

let control: StartedControl;
let rateRps: number;

beforeEach(async () => {
  rateRps = 800;
  control = await startControl(({ live }) => ({ desired: { ...live, stage: { '*/*': { rateRps, burst: 40 } } } }));
});
afterEach(() => control.close());

async function tick(afterMs = MINUTE): Promise<void> {
  control.world.now += afterMs;
  await control.run(SCHEDULE);
}

const drifts = async () => (await control.decisions()).filter(({ rule }) => rule.startsWith('drift-'));

const stageRate = () => control.world.stage['*/*']?.throttlingRateLimit;
const edit = (throttlingRateLimit: number) => {
  control.world.stage['*/*'] = { throttlingRateLimit, throttlingBurstLimit: 50 };
};

/** What CloudTrail tells of an edit, as it was made at that instant. */
const trail = (atMs: number, detail: object = {}, requestParameters: object = {}) => ({
  source: 'aws.apigateway',
  'detail-type': 'AWS API Call via CloudTrail',
  detail: {
    eventName: 'UpdateStage',
    eventTime: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::1:user/alice', userName: 'alice' },
    requestParameters: { restApiId: API.apiId, stageName: API.stage, ...requestParameters },
    ...detail,
  },
});
const deploy = (atMs: number, status: string) => ({
  source: 'aws.cloudformation',
  'detail-type': 'CloudFormation Stack Status Change',
  time: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
  detail: { 'stack-id': 'arn', 'status-details': { status } },
});

describe('a limit that is what we wrote, meant to write, or saw first', () => {
  test('is no drift', async () => {
    for (const rate of [800, 700, 900]) {
      rateRps = rate;
      await tick();
    }
    expect(await drifts()).toEqual([]);
    expect(control.world.metric('LimitsDrifted')).toEqual([0, 0, 0]);
  });

  test('an override that stood before our first look is no drift: it is what we found', async () => {
    control.world.stage['orders/POST'] = { throttlingRateLimit: 5, throttlingBurstLimit: 5 };
    await tick();
    expect(await drifts()).toEqual([]);
  });

  test('nor is one whose write was answered by nobody, although it was done', async () => {
    await tick();
    rateRps = 600;
    control.world.failsAfterActing = true;
    await expect(tick()).rejects.toThrow('timeout');
    control.world.failsAfterActing = false;
    await tick();
    expect(stageRate()).toBe(600);
    expect(await drifts()).toEqual([]);
  });
});

describe('a person changed a limit', () => {
  test('named by CloudTrail: held, recorded with who, what, before and after, and announced', async () => {
    await tick();
    edit(1234);
    control.world.now += 10_000;
    await control.run(trail(control.world.now));
    const [drift] = await drifts();
    expect(drift).toMatchObject({
      kind: 'hold',
      rule: 'drift-human',
      trigger: 'change',
      before: { stage: { '*/*': { rateRps: 800, burst: 40 } } },
      after: { stage: { '*/*': { rateRps: 1234, burst: 50 } } },
    });
    expect(drift?.reason).toBe(
      'stage */*: 800 rps, burst 40 became 1234 rps, burst 50; it was not us. Changed by: a person, alice. ' +
        'It is left alone until 2031-01-01T00:31:10.000Z, or until you resume.',
    );
    expect(control.world.announced().map(({ detail }) => detail.rule)).toEqual(['drift-human']);
    await tick();
    expect(stageRate()).toBe(1234);
    expect((await readDesired(control.table, API))?.stage).toEqual({});
    expect(control.world.metric('LimitsDrifted').at(-1)).toBe(1);
    expect(await drifts()).toHaveLength(1);
  });

  test('gets it held no longer than the policy says', async () => {
    control.world.policy({ mode: 'enforce', drift: { holdSeconds: 300 } });
    await tick();
    edit(1234);
    for (let minute = 0; minute < 5; minute++) await tick();
    expect(stageRate()).toBe(1234);
    await tick();
    expect(stageRate()).toBe(800);
    expect((await drifts()).map(({ rule }) => rule)).toEqual(['drift-unknown', 'drift-hold-over']);
    await tick();
    expect(await drifts()).toHaveLength(2);
    expect(control.world.metric('LimitsDrifted').at(-1)).toBe(0);
  });

  test('and put it back: the hold is over', async () => {
    await tick();
    edit(1234);
    await tick();
    control.world.stage['*/*'] = { throttlingRateLimit: 800, throttlingBurstLimit: 40 };
    await tick();
    rateRps = 700;
    await tick();
    expect(stageRate()).toBe(700);
    expect((await drifts()).map(({ rule }) => rule)).toEqual(['drift-unknown', 'drift-over']);
  });

  test('and changed it again: that is another drift, held anew', async () => {
    await tick();
    edit(1234);
    await tick();
    edit(999);
    await tick();
    expect((await drifts()).map(({ after }) => after?.stage['*/*']?.rateRps)).toEqual([1234, 999]);
    expect(stageRate()).toBe(999);
  });

  test('is named when CloudTrail tells later than we looked', async () => {
    await tick();
    edit(1234);
    const editMs = control.world.now;
    await tick();
    control.world.now += 120_000;
    await control.run(trail(editMs));
    const found = await drifts();
    expect(found.map(({ rule }) => rule)).toEqual(['drift-unknown', 'drift-explained']);
    expect(found[1]?.reason).toContain('alice');
  });

  test('of another stage, without success, or without touching a limit has not', async () => {
    await tick();
    edit(1234);
    const others = [
      trail(control.world.now, {}, { stageName: 'prod' }),
      trail(control.world.now, { errorCode: 'AccessDenied' }),
      trail(control.world.now, {}, { patchOperations: [{ path: '/*/*/metrics/enabled' }] }),
      trail(control.world.now, { eventName: 'DeleteStage' }),
      trail(control.world.now, { userIdentity: 'alice' }),
    ];
    for (const event of others) await control.run(event);
    expect((await drifts()).map(({ rule }) => rule)).toEqual(['drift-unknown']);
    expect((await readControlRecord(control.table, API)).claims).toEqual({});
  });

  test('is told of twice and out of order: the newest name stands', async () => {
    await tick();
    const bob = { userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::1:assumed-role/ops/bob' } };
    await control.run(trail(control.world.now, bob));
    await control.run(trail(control.world.now - 20_000));
    await control.run(trail(control.world.now, bob));
    expect((await readControlRecord(control.table, API)).claims.stage?.who).toBe('ops/bob');
  });

  test('adopted by policy: it is the new baseline, and the law starts from it', async () => {
    control.world.policy({ mode: 'enforce', drift: { human: 'adopt' } });
    await tick();
    edit(500);
    control.world.now += 1_000;
    await control.run(trail(control.world.now));
    expect(control.inputs.at(-1)?.state).toBeUndefined();
    expect(control.inputs.at(-1)?.baseline.stage).toEqual({ rateRps: 500, burst: 50 });
    rateRps = 900;
    await tick();
    expect(stageRate()).toBe(500);
    expect(control.inputs.at(-1)?.state).toBeDefined();
    expect((await drifts()).map(({ rule }) => rule)).toEqual(['drift-human']);
  });

  describe('of one method, adopted by policy', () => {
    const post = () => control.world.stage['orders/POST']?.throttlingRateLimit;
    const adopt = async (limit: number) => {
      control.world.policy({ mode: 'enforce', drift: { human: 'adopt' } });
      await tick();
      control.world.stage['orders/POST'] = { throttlingRateLimit: limit, throttlingBurstLimit: 5 };
      control.world.now += 1_000;
      await control.run(trail(control.world.now));
    };

    test('is the new baseline, which the next write of the stage does not overwrite', async () => {
      await adopt(5);
      expect((await drifts())[0]?.reason).toContain('It is adopted: the new baseline of that limit');
      for (const rate of [700, 3, 900, 2000]) {
        rateRps = rate;
        await tick();
        expect({ rate: stageRate(), post: post() }).toEqual({ rate, post: Math.min(5, rate) });
      }
      expect(await drifts()).toHaveLength(1);
    });

    test('above the deployed limit stands while the stage is not braked, and not a moment longer', async () => {
      await adopt(3000);
      rateRps = 2000;
      await tick();
      expect({ rate: stageRate(), post: post() }).toEqual({ rate: 2000, post: 3000 });
      rateRps = 700;
      await tick();
      expect({ rate: stageRate(), post: post() }).toEqual({ rate: 700, post: 700 });
      expect(await drifts()).toHaveLength(1);
    });

    test('survives a deploy that resets the stage, and a kill', async () => {
      await adopt(5);
      for (let minute = 0; minute < 3; minute++) await tick();
      control.world.stage = { '*/*': { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 } };
      await control.run(deploy(control.world.now, 'UPDATE_COMPLETE'));
      await tick();
      await tick();
      expect({ rate: stageRate(), post: Object.values(control.world.stage)[1]?.throttlingRateLimit }).toEqual({
        rate: 800,
        post: 5,
      });
      control.world.override({ action: 'kill', floor: { rateRps: 2, burst: 2 } });
      await tick();
      control.world.override({ action: 'resume' }, 2);
      for (let minute = 0; minute < 40; minute++) await tick();
      expect(Object.values(control.world.stage).map((each) => each.throttlingRateLimit)).toEqual([800, 5]);
    });

    test('survives the fail-safe, which raises every method to the deployed stage while control is silent', async () => {
      await adopt(5);
      for (let minute = 0; minute < 3; minute++) await tick();
      for (const key of Object.keys(control.world.stage))
        control.world.stage[key] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
      await tick(10 * MINUTE);
      for (let minute = 0; minute < 10; minute++) await tick();
      expect({ rate: stageRate(), post: post() }).toEqual({ rate: 800, post: 5 });
    });

    test('ends when the person removes it: the method follows the stage again', async () => {
      await adopt(5);
      await tick();
      delete control.world.stage['orders/POST'];
      await control.run(trail(control.world.now));
      for (const rate of [700, 900]) {
        rateRps = rate;
        await tick();
        expect(Object.keys(control.world.stage)).toEqual(['*/*']);
      }
      expect(await drifts()).toHaveLength(2);
    });

    test('ends with a deploy of another baseline', async () => {
      await adopt(5);
      const dependencies = control.world.dependencies(control.table, ({ live }) => {
        const stage = { '*/*': { rateRps, burst: 40 } };
        return { state: {}, conclusion: CONCLUSION, desired: { stage, tiers: live.tiers } };
      });
      const { baseline } = dependencies;
      control.run = createControl({
        ...dependencies,
        baseline: { ...baseline, stageLimit: { rateRps: 1500, burst: 5000 } },
      });
      await tick();
      await tick();
      expect(post()).toBe(800);
    });
  });

  test('re-asserted by policy, with a word', async () => {
    control.world.policy({ mode: 'enforce', drift: { human: 'reassert' } });
    await tick();
    edit(500);
    await control.run(trail(control.world.now));
    await tick();
    expect(stageRate()).toBe(800);
    expect((await drifts()).map(({ reason }) => reason)).toEqual([
      expect.stringContaining('alice. It is written again'),
    ]);
  });

  test("of a plan: that tier's plan alone is left alone", async () => {
    await tick();
    control.world.plans.planB = { rateLimit: 33, burstLimit: 44 };
    const event = trail(control.world.now, {
      eventName: 'UpdateUsagePlan',
      requestParameters: { usagePlanId: 'planB' },
    });
    await control.run(event);
    expect((await drifts())[0]).toMatchObject({ rule: 'drift-human', after: { tiers: { basic: { rateRps: 33 } } } });
    expect((await readDesired(control.table, API))?.plans).toEqual({
      premium: expect.objectContaining({ limit: expect.objectContaining({ rateRps: 2000 }) }),
    });
  });

  test('of an override: it is held, and the rest follows the law', async () => {
    await tick();
    control.world.stage['orders/POST'] = { throttlingRateLimit: 5, throttlingBurstLimit: 5 };
    await control.run(trail(control.world.now));
    rateRps = 700;
    await tick();
    expect(control.world.stage).toMatchObject({
      '*/*': { throttlingRateLimit: 700 },
      'orders/POST': { throttlingRateLimit: 5 },
    });
  });
});

describe('the operator', () => {
  test('ends a hold by resuming', async () => {
    await tick();
    edit(1234);
    await tick();
    control.world.now += 1_000;
    control.world.override({ action: 'resume' });
    await tick();
    expect(stageRate()).toBe(800);
    expect((await drifts()).map(({ rule }) => rule)).toEqual(['drift-unknown', 'drift-resumed']);
  });

  test('who turns the switch back has resumed: what was edited meanwhile is not held', async () => {
    await tick();
    control.world.switch = 'pause';
    await tick();
    edit(1234);
    await control.run(trail(control.world.now));
    control.world.switch = 'run';
    await tick();
    await tick();
    expect(stageRate()).toBe(800);
    expect((await drifts()).map(({ reason }) => reason)).toEqual([
      expect.stringContaining('alice. It is written again'),
    ]);
  });

  test('has what is pinned written again, with a word', async () => {
    control.world.override({ action: 'pin', until: '2031-01-02T00:00:00Z', stage: { rateRps: 300, burst: 30 } });
    await tick();
    edit(1234);
    await tick();
    expect(stageRate()).toBe(300);
    expect((await drifts())[0]?.reason).toContain('written again');
  });
});

describe('a deploy changed a limit', () => {
  test.each([
    ['CloudFormation says so', async () => await control.run(deploy(control.world.now, 'UPDATE_COMPLETE')), 1500],
    ['it is the deployed baseline', async () => await tick(), 2000],
  ])('%s: it is written again at the next tick', async (_, look, rate) => {
    await tick();
    edit(rate);
    control.world.stage['*/*'] = { throttlingRateLimit: rate, throttlingBurstLimit: 5000 };
    await look();
    await tick();
    expect(stageRate()).toBe(800);
    expect((await drifts()).map(({ rule }) => rule)).toEqual(['drift-deploy']);
  });

  test('that is still under way is its cause, however long ago it said so', async () => {
    await tick();
    await control.run(deploy(control.world.now, 'UPDATE_IN_PROGRESS'));
    for (let minute = 0; minute < 5; minute++) await tick();
    edit(1500);
    await tick();
    expect((await drifts())[0]).toMatchObject({ rule: 'drift-deploy' });
    expect((await drifts())[0]?.reason).toContain('CloudFormation (UPDATE_IN_PROGRESS)');
  });

  test('held or adopted, as the policy says', async () => {
    control.world.policy({ mode: 'enforce', drift: { deploy: 'hold' } });
    await tick();
    edit(1500);
    await control.run(deploy(control.world.now, 'UPDATE_COMPLETE'));
    await tick();
    expect(stageRate()).toBe(1500);
  });
});

test('after a long silence of control the limits are as whoever acted left them: the law starts from there', async () => {
  await tick();
  control.world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
  rateRps = 1000;
  await tick(10 * MINUTE);
  expect(control.inputs.at(-1)?.state).toBeUndefined();
  expect((await drifts()).map(({ rule }) => rule)).toEqual(['drift-fail-safe']);
});

test('outside enforce a change is recorded, and simply is', async () => {
  control.world.policy({ mode: 'shadow' });
  await tick();
  edit(1234);
  await tick();
  await tick();
  expect((await drifts()).map(({ rule }) => rule)).toEqual(['drift-unknown']);
  expect(stageRate()).toBe(1234);
});

import { readFailSafeTrigger } from '../../../../functions/fail-safe/fail-safe-trigger.ts';
import { handsOffReason } from '../../../../functions/fail-safe/hands-off.ts';
import { isSilent, judgeBackend } from '../../../../functions/fail-safe/health-rules.ts';
import { loweredLimits, nextStep, type Situation, STAGE } from '../../../../functions/fail-safe/next-step.ts';
import type { Limits } from '../../../../shared/limits/limits.ts';
import type { Parameter } from '../../../../shared/platform/aws/parameters.ts';
import type { BackendMinute } from '../../../../shared/telemetry/vital-signs.ts';
import { ALARM, BASELINE, SCHEDULE, T0 } from '../../../support/functions/world.ts';

const MINUTE = 60_000;
const OBJECTIVE = { latencyPercentile: 90, latencyMs: 500, errorShare: 0.05 };
const RULES = { silentMinutes: 3, healthyMinutes: 3, leastAnswered: 10, objective: OBJECTIVE };
const ACCOUNT = { rateRps: 10_000, burst: 5_000 };
/** Twenty minutes past the hour, and a little. */
const NOW = T0 + 20 * MINUTE + 25_000;

describe('silence', () => {
  test.each([
    ['beat in the minute under way', 20, false],
    ['beat in the first of the three', 17, false],
    ['last beat before the three', 16, true],
  ])('%s', (_, minute, silent) => {
    expect(isSilent(T0 + minute * MINUTE, NOW, RULES)).toBe(silent);
  });

  test('no beat that anybody remembers is silence', () => {
    expect(isSilent(undefined, NOW, RULES)).toBe(true);
  });
});

type Changes = readonly (Partial<BackendMinute> | undefined)[];

/** Minutes 15, 16 and 17 are the newest settled ones at twenty past. */
function minutes(...changes: Changes): BackendMinute[] {
  return changes.flatMap((change, index) =>
    change === undefined
      ? []
      : { startMs: T0 + (15 + index) * MINUTE, answered: 600, serverErrors: 0, latencyMs: 120, ...change },
  );
}
const judged = (...changes: Changes) => judgeBackend(minutes(...changes), NOW, RULES).kind;

describe('the backend', () => {
  test('is healthy after three healthy minutes in a row', () => {
    expect(judged({}, {}, {})).toBe('healthy');
    expect(judged({}, { latencyMs: 500, serverErrors: 30 }, {})).toBe('healthy');
  });

  test.each([
    ['slow', { latencyMs: 501 }],
    ['failing', { serverErrors: 31 }],
    ['without a latency', { latencyMs: Number.POSITIVE_INFINITY }],
  ])('is unhealthy when one of them is %s, and says how', (_, change) => {
    expect(judged({}, change, {})).toBe('unhealthy');
    expect(judgeBackend(minutes({}, change, {}), NOW, RULES).why).toMatch(/in the minute of 00:16$/);
  });

  test('is judged by the objective that it is handed', () => {
    const rules = { ...RULES, objective: { latencyPercentile: 99, latencyMs: 800, errorShare: 0.2 } };
    expect(judgeBackend(minutes({}, { latencyMs: 800, serverErrors: 120 }, {}), NOW, rules).kind).toBe('healthy');
    const { why } = judgeBackend(minutes({}, { latencyMs: 801 }, {}), NOW, rules);
    expect(why).toBe('a p99 of 801 ms in the minute of 00:16');
  });

  test('errors are a share of what reached it: refused requests do not dilute them', () => {
    expect(judged({}, {}, { answered: 20, serverErrors: 2 })).toBe('unhealthy');
  });

  test('a later minute that is visible already and bad is a veto; one that says nothing yet is none', () => {
    expect(judged({}, {}, {}, { serverErrors: 600 })).toBe('unhealthy');
    expect(judged({}, {}, {}, { answered: 1 })).toBe('healthy');
    expect(judged({}, {}, {}, undefined)).toBe('healthy');
  });

  test('what was bad before those minutes is past', () => {
    const past = { startMs: T0 + 14 * MINUTE, answered: 600, serverErrors: 600, latencyMs: 9000 };
    expect(judgeBackend([past, ...minutes({}, {}, {})], NOW, RULES).kind).toBe('healthy');
  });

  test.each([
    ['a minute is absent', [{}, undefined, {}]],
    ['a minute has too few answers', [{}, {}, { answered: 9 }]],
    ['there is none', []],
  ] as const)('is unknown, never healthy, when %s', (_, changes) => {
    expect(judged(...changes)).toBe('unknown');
  });
});

const LIVE = {
  stage: { '*/*': { rateRps: 400, burst: 25 }, '/orders/POST': { rateRps: 90, burst: 25 } },
  tiers: { premium: { rateRps: 50, burst: 100 }, basic: { rateRps: 100, burst: 200 } },
};

/** The limits that are to be raised, of a stage with keys in their usual spelling unless another is given. */
function lowered({ stage, tiers }: Limits, account = ACCOUNT, settingsKeys: Record<string, string[]> = {}) {
  return loweredLimits({ reading: { limits: stage, settingsKeys }, tiers }, account, BASELINE);
}

describe('what is braked', () => {
  test('is every limit below its baseline, method overrides included', () => {
    expect(lowered(LIVE)).toEqual({
      lowered: {
        stage: { '*/*': BASELINE.stageLimit, '/orders/POST': BASELINE.stageLimit },
        plans: [{ tier: 'premium', planId: 'planP', limit: { rateRps: 2000, burst: 5000 } }],
      },
      left: [],
    });
  });

  test('what is above the baseline stays, number by number', () => {
    const stage = { '*/*': { rateRps: 3000, burst: 25 }, '/a/GET': { rateRps: 2000, burst: 5000 } };
    expect(lowered({ stage, tiers: {} }).lowered.stage).toEqual({ '*/*': { rateRps: 3000, burst: 5000 } });
  });

  test('a baseline that the account does not allow is reached at the account’s limit, not written for ever', () => {
    const account = { rateRps: 1250, burst: 600 };
    const { stage } = lowered({ stage: { '*/*': { rateRps: 400, burst: 25 } }, tiers: {} }, account).lowered;
    expect(stage).toEqual({ '*/*': account });
    expect(lowered({ stage, tiers: {} }, account).lowered.stage).toEqual({});
  });

  test('a stage or a plan without a limit of its own is not braked', () => {
    expect(lowered({ stage: {}, tiers: {} }).lowered).toEqual({ stage: {}, plans: [] });
  });

  test('what somebody shut stays shut, and is named', () => {
    const shut = { rateRps: 0, burst: 0 };
    const stage = { '*/*': { rateRps: 400, burst: 25 }, '/admin/GET': shut };
    expect(lowered({ stage, tiers: { premium: shut } })).toEqual({
      lowered: { stage: { '*/*': BASELINE.stageLimit }, plans: [] },
      left: ['stage /admin/GET (somebody shut it)', 'tier premium (somebody shut it)'],
    });
  });

  test('a method whose path may not be patched is left as it is, and keeps no other limit low', () => {
    const low = { rateRps: 90, burst: 25 };
    const keys = { '*/*': ['*/*'], '/a%20b/GET': ['~1a%20b/GET'], '/orders/GET': ['or ders/GET'] };
    expect(lowered({ stage: { '*/*': low, '/a%20b/GET': low, '/orders/GET': low }, tiers: {} }, ACCOUNT, keys)).toEqual(
      {
        lowered: { stage: { '*/*': BASELINE.stageLimit }, plans: [] },
        left: ['stage /a%20b/GET (its path may not be patched)', 'stage /orders/GET (its path may not be patched)'],
      },
    );
  });
});

const SITUATION: Situation = {
  ...lowered(LIVE),
  health: { kind: 'healthy', why: '' },
  raised: new Set(),
  handsOff: undefined,
};
const ONLY_PLANS = { ...SITUATION, lowered: { ...SITUATION.lowered, stage: {} } };

describe('the next step', () => {
  test('is the stage, then the plans one at a time, then nothing', () => {
    expect(nextStep(SITUATION)).toEqual({ kind: 'raise-stage', limits: SITUATION.lowered.stage, plansLeft: 1 });
    expect(nextStep(ONLY_PLANS)).toMatchObject({ kind: 'raise-plan', tier: 'premium', planId: 'planP', plansLeft: 0 });
    expect(nextStep({ ...SITUATION, lowered: { stage: {}, plans: [] } })).toEqual({ kind: 'nothing' });
  });

  test.each(['unhealthy', 'unknown'] as const)('is to hold while the backend is %s', (kind) => {
    const step = nextStep({ ...SITUATION, health: { kind, why: 'so' } });
    expect(step).toEqual({ kind: 'hold', rule: `backend-${kind}`, reason: 'so' });
  });

  test('is to hold when an operator wants hands off', () => {
    expect(nextStep({ ...SITUATION, handsOff: 'the switch is set to pause' })).toMatchObject({ rule: 'operator' });
  });

  test('raises each limit once in a silence: whoever lowers it again is not fought', () => {
    expect(nextStep({ ...SITUATION, raised: new Set([STAGE]) })).toMatchObject({ kind: 'hold', rule: 'lowered-again' });
    expect(nextStep({ ...ONLY_PLANS, raised: new Set([STAGE, 'premium']) })).toMatchObject({ rule: 'lowered-again' });
    expect(nextStep({ ...ONLY_PLANS, raised: new Set([STAGE, 'basic']) })).toMatchObject({ kind: 'raise-plan' });
  });
});

describe('an operator’s word', () => {
  const parameter = (name: string, value: string): Parameter => ({ name: `/tidegate/dev/${name}`, value, version: 1 });
  const pin = (change: object): Parameter => {
    const document = { action: 'pin', until: '2031-01-01T00:30:00Z', stage: { rateRps: 5, burst: 5 }, ...change };
    return parameter('overrides/a', JSON.stringify(document));
  };
  const ENFORCING = parameter('policies/a', '{"api":"abc123def4/dev","mode":"enforce"}');
  const reason = (...parameters: Parameter[]) => handsOffReason(parameters, '/tidegate/dev', BASELINE, NOW);

  test.each([
    ['no parameter at all', []],
    ['a switch that says run', [parameter('switch', 'run ')]],
    ['a policy that enforces', [parameter('policies/a', '{"api":"abc123def4/dev","mode":"enforce"}')]],
    ['a policy of another API', [parameter('policies/a', '{"api":"zzz/dev","mode":"shadow"}')]],
    ['an override that is over', [parameter('overrides/a', '{"action":"resume"}')]],
    ['a pin that is over', [pin({ until: '2031-01-01T00:20:00Z' })]],
    ['a policy that nobody can read', [parameter('policies/a', '{"api":'), parameter('policies/b', '7')]],
    ['a policy in shadow that control refuses', [parameter('policies/a', '{"api":"abc123def4/dev","mod":"shadow"}')]],
    ['an override that is no JSON', [parameter('overrides/a', 'not json')]],
    ['an override that is cut off', [parameter('overrides/a', '{"action":')]],
    ['an unknown action', [parameter('overrides/a', '{"action":"bogus"}')]],
    ['a kill with an unknown field', [parameter('overrides/a', '{"action":"kill","flor":1}')]],
    [
      'a pin until never',
      [parameter('overrides/a', '{"action":"pin","until":"never","stage":{"rateRps":5,"burst":5}}')],
    ],
    ['a pin until the year 9999', [pin({ until: '9999-01-01T00:00:00Z' })]],
    ['a pin above the baseline', [pin({ stage: { rateRps: 9000, burst: 5 } })]],
    ['a pin of a tier that is not deployed', [pin({ tiers: { gold: { rateRps: 5, burst: 5 } } })]],
    ['a kill under a name without a policy', [ENFORCING, parameter('overrides/other', '{"action":"kill"}')]],
  ])('%s does not hold the fail-safe', (_, parameters) => {
    expect(reason(...parameters)).toBeUndefined();
  });

  test.each([
    ['a paused switch', 'switch', 'PAUSE'],
    ['a policy in shadow', 'policies/a', '{"api":"abc123def4/dev","mode":"shadow"}'],
    ['a policy without a mode, which is shadow', 'policies/a', '{"api":"abc123def4/dev"}'],
    ['a pause', 'overrides/a', '{"action":"pause"}'],
    ['a kill', 'overrides/a', '{"action":"kill"}'],
    ['a pin that lasts', 'overrides/a', pin({}).value],
    [
      'a pin above the baseline that says so',
      'overrides/a',
      pin({ stage: { rateRps: 9000, burst: 5 }, aboveBaseline: true }).value,
    ],
  ])('%s holds it', (_, name, value) => {
    expect(reason(parameter(name, value))).toBeDefined();
  });

  test.each(['switch', 'overrides/a'])('%s that cannot be decrypted holds it, and says so', (name) => {
    const sealed = { ...parameter(name, ''), unreadable: 'It is a SecureString.' };
    expect(reason(sealed)).toBe(`/tidegate/dev/${name}: It is a SecureString.`);
  });

  test('a switch that is a SecureString holds it, and its value is not shown', () => {
    expect(reason({ ...parameter('switch', 'sesame'), isSecret: true })).toBe('the switch is not set to run');
  });

  test('a pin that lasts a week holds it from the day of the edit', () => {
    const day = 86_400_000;
    const week = pin({ until: new Date(NOW + day).toISOString() });
    expect(reason({ ...week, modifiedMs: NOW - 6 * day })).toBeDefined();
    expect(reason({ ...week, modifiedMs: NOW - 8 * day })).toBeUndefined();
  });

  test('a kill holds it beside a broken policy of its name, beside broken overrides, and without any policy', () => {
    const kill = parameter('overrides/b', '{"action":"kill"}');
    expect(reason(ENFORCING, parameter('policies/b', '{"api":'), kill)).toBeDefined();
    expect(reason(parameter('overrides/a', 'not json'), kill)).toBe('/tidegate/dev/overrides/b is in force');
    expect(reason(kill)).toBeDefined();
  });

  test('a parameter whose check ends in an error does not hold it, nor does it hide a kill', () => {
    const deep = (name: string) => parameter(name, `${'['.repeat(2000)}${']'.repeat(2000)}`);
    expect(reason(deep('overrides/a'), deep('policies/a'))).toBeUndefined();
    expect(reason(deep('overrides/a'), parameter('overrides/b', '{"action":"kill"}'))).toBeDefined();
  });
});

test('triggers are told apart, and what is not known is a reason to look', () => {
  expect(readFailSafeTrigger(ALARM)).toBe('alarm');
  expect(readFailSafeTrigger(SCHEDULE)).toBe('schedule');
  expect(readFailSafeTrigger({ Records: [{ messageId: 'm' }] })).toBe('wake-up');
  for (const event of [undefined, null, 'x', 7, [], {}]) expect(readFailSafeTrigger(event)).toBe('schedule');
});

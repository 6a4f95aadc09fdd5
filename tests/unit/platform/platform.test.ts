import { parseApiStage } from '../../../shared/platform/api-stage.ts';
import { readEnvironment } from '../../../shared/platform/environment.ts';
import {
  ConfigurationError,
  describeError,
  isConditionFailed,
  isConflict,
  isNotFound,
  isThrottled,
  retryAfterMs,
} from '../../../shared/platform/errors.ts';
import { publishMetrics } from '../../../shared/platform/metrics.ts';
import { requireVariable } from '../../../shared/platform/variables.ts';

const named = (name: string, members = {}) => Object.assign(new Error('text'), { name, ...members });

describe('errors', () => {
  test.each([
    ['TooManyRequestsException', isThrottled],
    ['LimitExceededException', isThrottled],
    ['ThrottlingException', isThrottled],
    ['ConflictException', isConflict],
    ['NotFoundException', isNotFound],
    ['ParameterNotFound', isNotFound],
    ['ConditionalCheckFailedException', isConditionFailed],
  ])('%s is told from the others', (name, is) => {
    const all = [isThrottled, isConflict, isNotFound, isConditionFailed];
    expect(all.map((each) => each(named(name)))).toEqual(all.map((each) => each === is));
    expect(is('TooManyRequestsException')).toBe(false);
    expect(is(undefined)).toBe(false);
  });

  test('say how long to stay away, when they do', () => {
    expect(retryAfterMs(named('x', { retryAfterSeconds: '20' }))).toBe(20_000);
    expect([named('x'), named('x', { retryAfterSeconds: 'soon' }), undefined].map(retryAfterMs)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('are described in one line', () => {
    expect(describeError(named('X'))).toBe('X: text');
    expect(describeError('text')).toBe('text');
  });
});

describe('the environment', () => {
  const baseline = { apiId: 'a', stage: 'dev', stageLimit: { rateRps: 1, burst: 1 }, tiers: {} };

  test('is read, with the baseline parsed', () => {
    const environment = { STATE_TABLE: 't', PARAMETER_PREFIX: '/p/dev', TIDEGATE_BASELINE: JSON.stringify(baseline) };
    expect(readEnvironment(['STATE_TABLE', 'PARAMETER_PREFIX', 'TIDEGATE_BASELINE'], environment)).toEqual({
      STATE_TABLE: 't',
      PARAMETER_PREFIX: '/p/dev',
      TIDEGATE_BASELINE: baseline,
    });
  });

  test('with problems names all of them, each with its place', () => {
    const broken = { ...baseline, stageLimit: { rateRps: 0, burst: 1.5 } };
    const environment = { PARAMETER_PREFIX: 'p/', TIDEGATE_BASELINE: JSON.stringify(broken) };
    const read = () => readEnvironment(['STATE_TABLE', 'PARAMETER_PREFIX', 'TIDEGATE_BASELINE'], environment);
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(/STATE_TABLE: .*PARAMETER_PREFIX: .*stageLimit\.rateRps: .*stageLimit\.burst: /);
    expect(() => readEnvironment(['TIDEGATE_BASELINE'], { TIDEGATE_BASELINE: '{' })).toThrow('not valid JSON');
  });

  test('of one variable', () => {
    expect(requireVariable('A', { A: 'x' })).toBe('x');
    expect(() => requireVariable('A', { A: '' })).toThrow('A: is not set');
  });
});

describe('metrics', () => {
  test('have exactly the dimensions that alarms name, and the time of the events', () => {
    const written: string[] = [];
    const eventMs = Date.now() - 60_000;
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    publishMetrics(
      { Api: 'a', Stage: 'dev', Tier: 'basic' },
      [
        { name: 'ThrottleCount', unit: 'Count', values: [3] },
        { name: 'BackendLatency', unit: 'Milliseconds', values: [100, 200] },
      ],
      eventMs,
    );
    write.mockRestore();
    expect(JSON.parse(written.join(''))).toEqual({
      _aws: {
        Timestamp: eventMs,
        CloudWatchMetrics: [
          {
            Namespace: 'Tidegate',
            Dimensions: [['Api', 'Stage', 'Tier']],
            Metrics: [
              { Name: 'ThrottleCount', Unit: 'Count' },
              { Name: 'BackendLatency', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      Api: 'a',
      Stage: 'dev',
      Tier: 'basic',
      ThrottleCount: 3,
      BackendLatency: [100, 200],
    });
  });
});

test('an API and its stage are one name, and nothing else passes for one', () => {
  expect(parseApiStage('abc123/dev')).toEqual({ apiId: 'abc123', stage: 'dev' });
  expect(['abc', '/dev', 'a/b/c', 'A B/dev', ''].map(parseApiStage)).toEqual(Array(5).fill(undefined));
});

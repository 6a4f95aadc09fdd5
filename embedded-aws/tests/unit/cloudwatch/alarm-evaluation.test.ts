import type { StateValue } from '@aws-sdk/client-cloudwatch';
import {
  comparison,
  type Datapoint,
  evaluateAlarm,
  fewestSamplesFor,
  type MissingData,
} from '../../../services/cloudwatch/alarms/alarm-evaluation.ts';

/** `X` breaches, `0` does not, `-` is missing: the notation of AWS's own tables. */
const range = (text: string): Datapoint[] =>
  [...text.replaceAll(' ', '')].map((symbol, index) => ({
    startMs: index * 60_000,
    value: symbol === '-' ? undefined : symbol === 'X' ? 1 : 0,
    sampleCount: symbol === '-' ? 0 : 1,
  }));

const TREATMENTS: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

function evaluate(text: string, datapointsToAlarm: number, treatMissingData: MissingData, fewestSamples = 0) {
  const breaches = (value: number) => value > 0.5;
  return evaluateAlarm(range(text), {
    evaluationPeriods: 3,
    datapointsToAlarm,
    treatMissingData,
    breaches,
    fewestSamples,
  });
}

type Expected = readonly [
  StateValue | undefined,
  StateValue | undefined,
  StateValue | undefined,
  StateValue | undefined,
];
const all = (state: StateValue): Expected => [state, state, state, state];

describe("AWS's table for 3 out of 3", () => {
  test.each<[string, number, Expected]>([
    ['0 - X - X', 0, all('OK')],
    ['- - - - 0', 2, all('OK')],
    ['- - - - -', 3, ['INSUFFICIENT_DATA', undefined, 'ALARM', 'OK']],
    ['0 X X - X', 0, all('ALARM')],
    ['- - X - -', 2, ['ALARM', undefined, 'ALARM', 'OK']],
    ['- - - - X', 2, [undefined, undefined, 'ALARM', 'OK']],
    ['- - - X -', 2, [undefined, undefined, 'ALARM', 'OK']],
  ])('%s', (text, filled, expected) => {
    TREATMENTS.forEach((treatment, index) => {
      const verdict = evaluate(text, 3, treatment);
      expect([treatment, verdict.state, verdict.filled]).toEqual([treatment, expected[index], filled]);
    });
  });
});

describe("AWS's table for 2 out of 3", () => {
  test.each<[string, number, Expected]>([
    ['0 - X - X', 0, all('ALARM')],
    ['0 0 X 0 X', 0, all('ALARM')],
    ['0 - X - -', 1, ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', 2, ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - X -', 2, ['ALARM', undefined, 'ALARM', 'OK']],
  ])('%s', (text, filled, expected) => {
    TREATMENTS.forEach((treatment, index) => {
      const verdict = evaluate(text, 2, treatment);
      expect([treatment, verdict.state, verdict.filled]).toEqual([treatment, expected[index], filled]);
    });
  });
});

describe('percentiles over few values', () => {
  test.each([
    [99, 1_000],
    [90, 100],
    [50, 20],
    [10, 100],
    [100, 0],
  ])('p%d needs %d', (percent, samples) => {
    expect(fewestSamplesFor(percent)).toBe(samples);
  });

  test('leave the alarm as it is', () => {
    expect(evaluate('X X X X X', 3, 'missing', 4).state).toBeUndefined();
    expect(evaluate('X X X X X', 3, 'missing', 3).state).toBe('ALARM');
    expect(evaluate('- - - - -', 3, 'notBreaching', 4).state).toBe('OK');
  });
});

describe('comparison', () => {
  test.each([
    ['GreaterThanThreshold', false, true],
    ['GreaterThanOrEqualToThreshold', true, true],
    ['LessThanThreshold', false, false],
    ['LessThanOrEqualToThreshold', true, false],
  ] as const)('%s', (operator, atThreshold, above) => {
    const breaches = comparison(operator, 5);
    expect([breaches(5), breaches(6), breaches(4)]).toEqual([atThreshold, above, !above]);
  });

  test('anomaly detection is named as missing', () => {
    expect(() => comparison('LessThanLowerThreshold', 1)).toThrow('LessThanLowerThreshold');
  });
});

import type { StateValue } from '@aws-sdk/client-cloudwatch';
import * as fc from 'fast-check';
import {
  EXTRA_PERIODS,
  evaluateAlarm,
  type MissingData,
} from '../../../services/cloudwatch/alarms/alarm-evaluation.ts';

interface Case {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingData;
  readonly values: readonly (boolean | undefined)[];
}

const anyCase: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 6 }).chain((evaluationPeriods) =>
  fc.record({
    evaluationPeriods: fc.constant(evaluationPeriods),
    datapointsToAlarm: fc.integer({ min: 1, max: evaluationPeriods }),
    treatMissingData: fc.constantFrom<MissingData>('missing', 'ignore', 'breaching', 'notBreaching'),
    values: fc.array(fc.constantFrom(true, false, undefined), {
      minLength: evaluationPeriods + EXTRA_PERIODS,
      maxLength: evaluationPeriods + EXTRA_PERIODS,
    }),
  }),
);

const evaluate = ({ values, ...rule }: Case) =>
  evaluateAlarm(
    values.map((breaches, index) => ({
      startMs: index,
      value: breaches === undefined ? undefined : Number(breaches),
      sampleCount: 1,
    })),
    { ...rule, breaches: (value) => value === 1, fewestSamples: 0 },
  ).state;

/** All ways in which the missing periods could have turned out: every filling of the gaps up to N datapoints. */
function possibleStates({ values, evaluationPeriods, datapointsToAlarm }: Case): Set<StateValue> {
  const present = values.filter((value) => value !== undefined).slice(-evaluationPeriods);
  const gaps = evaluationPeriods - present.length;
  const states = new Set<StateValue>();
  for (let filling = 0; filling < 2 ** gaps; filling++) {
    const filled = Array.from({ length: gaps }, (_, index) => Boolean((filling >> index) & 1));
    const breaching = [...present, ...filled].filter(Boolean).length;
    states.add(breaching >= datapointsToAlarm ? 'ALARM' : 'OK');
  }
  return states;
}

describe('an evaluation', () => {
  test('agrees with every possible filling of the gaps when they all agree', async () => {
    await fc.assert(
      fc.property(anyCase, (each) => {
        const [only, second] = possibleStates(each);
        fc.pre(second === undefined && each.values.some((value) => value !== undefined));
        expect(evaluate(each)).toBe(only);
      }),
    );
  });

  test('treats missing periods as breaching or not exactly as if they had been', async () => {
    await fc.assert(
      fc.property(anyCase, fc.boolean(), (each, breaching) => {
        const present = each.values.filter((value) => value !== undefined).slice(-each.evaluationPeriods);
        const gaps = Array.from({ length: each.evaluationPeriods - present.length }, () => breaching);
        const count = [...gaps, ...present].filter(Boolean).length;
        const treated: Case = { ...each, treatMissingData: breaching ? 'breaching' : 'notBreaching' };
        expect(evaluate(treated)).toBe(count >= each.datapointsToAlarm ? 'ALARM' : 'OK');
      }),
    );
  });

  test('ignoring missing data never knows more than treating it as missing', async () => {
    await fc.assert(
      fc.property(anyCase, (each) => {
        const ignored = evaluate({ ...each, treatMissingData: 'ignore' });
        if (ignored !== undefined) expect(ignored).toBe(evaluate({ ...each, treatMissingData: 'missing' }));
      }),
    );
  });
});

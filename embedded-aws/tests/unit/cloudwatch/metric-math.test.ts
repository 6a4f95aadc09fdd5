import { evaluateExpression, type Points } from '../../../services/cloudwatch/metrics/metric-math.ts';

const instants = [0, 60_000, 120_000];
const points = (...values: (number | undefined)[]): Points => ({
  periodMs: 60_000,
  values: new Map(values.flatMap((value, index) => (value === undefined ? [] : [[index * 60_000, value]]))),
});
const metrics: Readonly<Record<string, Points>> = { m1: points(1, 2, 4), m2: points(10, undefined, 0) };

function evaluate(expression: string): (number | undefined)[] {
  const resolve = (id: string) => {
    const found = metrics[id];
    if (!found) throw new SyntaxError(`Unknown ${id}`);
    return found;
  };
  const context = { resolve, metrics: () => Object.values(metrics), instants, periodMs: 60_000 };
  const result = evaluateExpression(expression, context);
  return instants.map((atMs) => result.values.get(atMs));
}

describe('metric math', () => {
  test.each([
    ['m1 * 2 + 1', [3, 5, 9]],
    ['2 ^ m1 - -1', [3, 5, 17]],
    ['(m1 + 1) * 2', [4, 6, 10]],
    ['m1 + m2', [11, undefined, 4]],
    ['m1 / m2', [0.1, undefined, undefined]],
    ['m1 + FILL(m2, 0)', [11, 2, 4]],
    ['FILL(m2, REPEAT)', [10, 10, 0]],
    ['FILL(m2, LINEAR)', null],
    ['SUM([m1, m2])', [11, 2, 4]],
    ['AVG(METRICS())', [5.5, 2, 2]],
    ['MIN([m1, m2])', [1, 2, 0]],
    ['MAX([m1, m2])', [10, 2, 4]],
    ['m1 / SUM(m1)', [1 / 7, 2 / 7, 4 / 7]],
    ['IF(m1 > 1 && m1 < 4, m1, -1)', [-1, 2, -1]],
    ['IF(m1 >= 2, m1)', [undefined, 2, 4]],
    ['IF(m1 == 1 OR m1 == 4, 1, 0)', [1, 0, 1]],
    ['DIFF(m1)', [undefined, 1, 2]],
    ['RATE(m1) * PERIOD(m1)', [undefined, 1, 2]],
    ['ABS(m1 - 3) + CEIL(m1 / 3) + FLOOR(m1 / 3)', [3, 2, 4]],
    ['TIME_SERIES(7)', [7, 7, 7]],
    ['SUM(m1)', null],
    ['1 + 1', null],
    ['nope + 1', null],
    ['NOPE(m1)', null],
    ['m1 +', null],
    ['(m1', null],
    ['m1 m2', null],
    ['m1 # m2', null],
  ])('%s', (expression, expected) => {
    if (expected === null) expect(() => evaluate(expression)).toThrow(SyntaxError);
    else expect(evaluate(expression)).toEqual(expected);
  });
});

import fc from 'fast-check';
import { garbageAnswer, partialAnswer, subjectOf } from '../../../faults/answers.ts';
import { seededRandom } from '../../../kernel/random.ts';

const seeds = fc.integer({ min: 0, max: 1e6 });

test('a partial answer lacks items, and goes on no more', () => {
  fc.assert(
    fc.property(seeds, fc.array(fc.integer(), { minLength: 1, maxLength: 20 }), (seed, items) => {
      const partial = partialAnswer({ items, position: 'next' }, seededRandom(seed)) as { items: number[] };
      expect(partial.items.length).toBeLessThan(items.length);
      expect(items).toEqual(expect.arrayContaining(partial.items));
      expect(partial).not.toHaveProperty('position');
    }),
  );
});

test('a map loses entries, an answer without either loses fields', () => {
  const maps = partialAnswer({ methodSettings: { a: 1, b: 2, c: 3 }, name: 'dev' }, seededRandom(1)) as {
    methodSettings: object;
  };
  expect(Object.keys(maps.methodSettings).length).toBeLessThan(3);
  expect(Object.keys(partialAnswer({ a: 1, b: 2 }, seededRandom(2)) as object).length).toBeLessThan(2);
});

test('garbage keeps the form and no number', () => {
  const answer = { rate: 5, name: 'x', at: new Date(1000), deep: [{ burst: 7, on: true }], bytes: new Uint8Array(2) };
  const garbage = garbageAnswer(answer, seededRandom(3)) as typeof answer;
  expect(Object.keys(garbage)).toEqual(Object.keys(answer));
  expect(garbage.rate).not.toBe(5);
  expect(garbage.name).not.toBe('x');
  expect(garbage.at).toBeInstanceOf(Date);
  expect(garbage.deep[0]).toMatchObject({ on: false });
  expect(garbage.deep[0]?.burst).not.toBe(7);
  expect(garbage.bytes).toBe(answer.bytes);
});

test('calls that differ in instants alone have one subject', () => {
  const metrics = (at: number) => ({ StartTime: new Date(at), MetricDataQueries: [{ Id: 'count0' }] });
  expect(subjectOf('GetMetricData', metrics(0))).toBe(subjectOf('GetMetricData', metrics(60_000)));
  const query = (pk: string, from: string) => ({ ':pk': { S: pk }, ':from': { S: from } });
  expect(subjectOf('Query', query('WINDOW#a', '000001924905600000'))).toBe(
    subjectOf('Query', query('WINDOW#a', '000001924905660000')),
  );
  const patch = (value: string) => ({ usagePlanId: 'p', patchOperations: [{ path: '/throttle/rateLimit', value }] });
  expect(subjectOf('UpdateUsagePlan', patch('1'))).toBe(subjectOf('UpdateUsagePlan', patch('2.5')));
  expect(subjectOf('Query', query('POLICY', '0'))).not.toBe(subjectOf('Query', query('DESIRED', '0')));
});

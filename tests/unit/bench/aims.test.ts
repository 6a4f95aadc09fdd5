import { aimsTable, harmsOf } from '../../../bench/runner/page/aims.ts';
import { rowsOf, summariesOf } from '../../../bench/runner/summary.ts';
import { runResult } from '../../support/bench/run-result.ts';

const honest = (premium: number, basic: number) => ({
  premium: { asked: 9999, served: premium },
  basic: { asked: 9999, served: basic },
});
const due = (premium: number, basic: number) => ({ dueGrantedByTier: { premium, basic } });

/** Static limits serve 950 of each tier: with the 50 added, ratios are thousandths. */
function rowsFor(ours: [number, number], perfect: [number, number], rest = {}) {
  return rowsOf([
    runResult({ law: 'static', honestByTier: honest(950, 950), ...rest }),
    runResult({ law: 'perfect', honestByTier: honest(...perfect), ...rest }),
    runResult({ law: 'tidegate', honestByTier: honest(...ours), ...rest }),
  ]);
}

describe('harm', () => {
  test('is named by story and tier where it is below the aim', () => {
    expect(harmsOf(rowsFor([950, 920], [950, 950], due(1, 0.5)))).toEqual([
      { size: 0.1, scenario: 'ramp', tier: 'basic', ratio: 0.97, excuse: null },
    ]);
    expect(harmsOf(rowsFor([950, 930], [950, 950], due(1, 0.5)))).toEqual([]);
  });

  test('may be a little larger where chance rules', () => {
    expect(harmsOf(rowsFor([950, 905], [950, 950], { size: 0.02 }))).toEqual([]);
    expect(harmsOf(rowsFor([950, 895], [950, 950], { size: 0.02 }))).toMatchObject([{ ratio: 0.945 }]);
  });

  test('does not count where perfect knowledge does as much', () => {
    expect(harmsOf(rowsFor([950, 800], [950, 900]))).toMatchObject([{ excuse: 'perfect does as much harm' }]);
  });

  test('does not count for a tier that gives way while every heavier tier is short, but for the heaviest it does', () => {
    const excuse = 'all heavier tiers were short of their usual demand';
    expect(harmsOf(rowsFor([800, 800], [950, 950], due(0.9, 0.2)))).toMatchObject([
      { tier: 'premium', excuse: null },
      { tier: 'basic', excuse },
    ]);
  });
});

test('aims stand beside what was reached at each size, and harm that does not count is listed by name', () => {
  const rows = [...rowsFor([950, 800], [950, 900]), ...rowsFor([950, 895], [950, 950], { size: 0.02 })];
  const results = { seeds: [11], scenarios: [], rows, summaries: summariesOf(rows) };
  const text = aimsTable(results);
  expect(text).toContain('| figure | size 0.1 | size 0.02 | aim | aim at 0.02 |');
  expect(text).toContain('| `harmRatio`, worst story that counts | met | 0.94 (ramp, basic) | ≥ 0.98 | ≥ 0.95 |');
  expect(text).toContain('- ramp at size 0.1, basic: 0.85; perfect does as much harm.');
  expect(text).toContain('Held against the gate, for `perfect` is not sound there: none.');
});

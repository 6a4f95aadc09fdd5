import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { ablateOptionsOf } from '../../../bench/ablation/ablate-options.ts';
import { ablate } from '../../../bench/ablation/ablation.ts';
import { type Figures, figuresOf, noiseOf } from '../../../bench/ablation/ablation-figures.ts';
import { ablationPage, ablationTable } from '../../../bench/ablation/ablation-page.ts';
import { STORIES } from '../../../bench/ablation/ablation-stories.ts';
import { descriptionsIn } from '../../../bench/ablation/descriptions.ts';
import { byEffect, effectOf } from '../../../bench/ablation/number-effects.ts';
import { pairOf } from '../../../bench/ablation/pairs.ts';
import { LAW_NUMBERS, type NumberName } from '../../../bench/laws/other-numbers.ts';
import type { Job } from '../../../bench/runner/job.ts';
import { BENCH_SCENARIOS } from '../../../bench/scenarios/index.ts';
import { runResult } from '../../support/bench/run-result.ts';

const NAMES = Object.keys(LAW_NUMBERS) as NumberName[];
const FIGURES: Figures = { reach: 0.9, harm: 1, violated: 10, falseThrottles: 0.02, changes: 20, rest: 300 };
const NOISE: Figures = { reach: 0.01, harm: 0.01, violated: 5, falseThrottles: 0.01, changes: 5, rest: 60 };
const REFERENCE = { unchanged: FIGURES, noise: NOISE };

describe('the two values that are tried', () => {
  test('are half and double', () => {
    expect(pairOf('drainSeconds', 7).tried).toEqual([3.5, 14]);
    expect(pairOf('kneeShare', 0.28).tried).toEqual([0.14, 0.56]);
  });

  test('halve and double the distance from 1 of a share or factor that is close to 1', () => {
    expect(pairOf('aimShare', 0.96).tried).toEqual([0.98, 0.92]);
    expect(pairOf('roseFactor', 1.05).tried).toEqual([1.025, 1.1]);
  });

  test.each(NAMES)('of %s are above 0 and not its own; those of a share or quantile are at most 1', (name) => {
    const { value, tried } = pairOf(name);
    const most = /share|quantile/i.test(name) ? 1 : Number.POSITIVE_INFINITY;
    for (const other of tried) {
      expect(other).not.toBe(value);
      expect(other).toBeGreaterThan(0);
      expect(other).toBeLessThanOrEqual(most);
    }
  });
});

test('every story of the ablation is one of the benchmark that needs no recorded data', () => {
  const all = BENCH_SCENARIOS.map(({ name }) => name);
  expect(STORIES.filter((name) => !all.includes(name) || name.startsWith('recorded'))).toEqual([]);
  expect(new Set(STORIES).size).toBe(STORIES.length);
});

test('every number has a description', () => {
  const sources = ['constants.ts', 'law-policy.ts'].map((name) => readFileSync(`shared/law/next/${name}`, 'utf8'));
  const described = descriptionsIn(sources.join('\n'));
  expect(NAMES.filter((name) => (described.get(name) ?? '').length < 15)).toEqual([]);
});

test('a description over several lines becomes one line', () => {
  const described = descriptionsIn(
    '/** No number. */\nconst x = {\n  /**\n   * First\n   * and second.\n   */\n  a: 1,\n  /** Other. */\n  b: 2 };',
  );
  expect([described.get('a'), described.get('b')]).toEqual(['First and second.', 'Other.']);
});

describe('figures', () => {
  const bounds = [1, 2].flatMap((seed) => [
    runResult({ law: 'perfect', seed, honestByTier: { basic: { asked: 100, served: 100 } } }),
    runResult({ law: 'static', seed, honestByTier: { basic: { asked: 100, served: 50 } } }),
  ]);
  const own = { law: 'next', seed: 1, honestByTier: { basic: { asked: 100, served: 40 } } };

  test('are means over the stories, the least harm ratio, and the longest time to rest, whatever the telemetry', () => {
    const runs = [
      runResult({ ...own, stressRatio: 0.5, violationSeconds: 10, secondsToRest: 100 }),
      runResult({ ...own, law: 'next-minutes', stressRatio: 1, violationSeconds: 20, secondsToRest: 300 }),
    ];
    expect(figuresOf(runs, bounds)).toMatchObject({ reach: 0.75, harm: 0.9, violated: 15, rest: 300 });
  });

  test('count limits that never come to rest as longer than any story', () => {
    expect(figuresOf([runResult({ ...own, secondsToRest: null })], bounds).rest).toBe(3600);
  });

  test('are refused without the yardsticks', () => {
    expect(() => figuresOf([runResult(own)], [])).toThrow('Expected runs, and for each of them perfect and static');
  });
});

test('noise is how far two seeds lie apart, but no less than a resolution worth speaking of', () => {
  expect(noiseOf(FIGURES, { ...FIGURES, reach: 0.85, rest: 360 })).toEqual({
    reach: expect.closeTo(0.05),
    harm: 0.005,
    violated: 1,
    falseThrottles: 0.001,
    changes: 1,
    rest: 60,
  });
});

describe('a number', () => {
  const pair = pairOf('drainSeconds', 7);

  test('does not matter if neither value moves any figure beyond the noise', () => {
    const effect = effectOf(
      pair,
      [
        { ...FIGURES, reach: 0.893 },
        { ...FIGURES, violated: 14 },
      ],
      REFERENCE,
    );
    expect(effect).toMatchObject({ timesNoise: expect.closeTo(0.8), matters: false });
  });

  test('matters if one of the values moves one figure beyond it, for better or worse', () => {
    const effect = effectOf(pair, [FIGURES, { ...FIGURES, violated: 0 }], REFERENCE);
    expect(effect).toMatchObject({ timesNoise: 2, matters: true });
    expect(effect.differences[1].violated).toBe(-10);
  });

  test('stands above those that matter less', () => {
    const little = effectOf(pairOf('drift'), [FIGURES, { ...FIGURES, rest: 330 }], REFERENCE);
    const much = effectOf(pair, [{ ...FIGURES, rest: 900 }, FIGURES], REFERENCE);
    expect(byEffect([little, much]).map(({ name }) => name)).toEqual(['drainSeconds', 'drift']);
  });
});

describe('the page', () => {
  const much = effectOf(
    pairOf('drainSeconds', 7),
    [
      { ...FIGURES, rest: 900 },
      { ...FIGURES, reach: 0.88 },
    ],
    REFERENCE,
  );
  const none = effectOf(pairOf('aimShare', 0.96), [FIGURES, FIGURES], REFERENCE);
  const ablation = { ...REFERENCE, stories: ['hang'], seeds: [1], noiseSeeds: [1, 2], effects: [much, none] } as const;

  test('has a line for each number with what either value changes, and marks those that do not matter', () => {
    const [, , unchanged, noise, first, second] = ablationTable(
      ablation,
      new Map([['drainSeconds', 'Time a | b.']]),
    ).split('\n');
    expect(unchanged).toBe('| the unchanged law |  |  | 0.900 | 1.000 | 10.0 | 2.0 | 20.0 | 300 |  |');
    expect(noise).toBe('| noise |  |  | 0.010 | 0.010 | 5.0 | 1.0 | 5.0 | 60 | 1.0 |');
    expect(first).toBe(
      '| `drainSeconds`: Time a \\| b. | 7 | 3.5 / 14 | 0 / −0.020 | 0 / 0 | 0 / 0 | 0 / 0 | 0 / 0 | +600 / 0 | 10.0 |',
    );
    expect(second).toMatch(/^\| `aimShare` \| 0\.96 .*\| does not matter \|$/);
  });

  test('keeps the text around the table and says what was played', () => {
    const page = ablationPage('Text.\n<!-- ablation -->\nold\n<!-- /ablation -->\nEnd.', ablation, new Map());
    expect(page).toMatch(
      /^Text\.\n<!-- ablation -->\n\nNumbers: 2, of which 1 do not matter\. Seeds: 1; noise from seeds 1 and 2\./,
    );
    expect(page).toMatch(/<!-- \/ablation -->\nEnd\.$/);
    expect(page).not.toContain('old');
  });
});

test('each number is played with both values against the unchanged law, with the same stories and seeds', async () => {
  const played: Job[] = [];
  const ablation = await ablate(
    { names: ['drainSeconds', 'aimShare'], stories: ['brief-premium'], seeds: [1] },
    async (jobs) => {
      played.push(...jobs);
      return jobs.map(({ law, seed, scenario, numbers }) =>
        runResult({ law, seed, scenario, violationSeconds: (numbers?.aimShare ?? 1) < 0.95 ? 100 : 3 * seed }),
      );
    },
  );
  const changed = played.filter(({ numbers }) => Object.keys(numbers ?? {}).length > 0);
  expect(changed.map(({ law, seed, numbers }) => ({ law, seed, numbers }))).toEqual(
    [{ drainSeconds: 3.5 }, { drainSeconds: 14 }, { aimShare: 0.98 }, { aimShare: 0.92 }].flatMap((numbers) =>
      ['next', 'next-minutes'].map((law) => ({ law, seed: 1, numbers })),
    ),
  );
  expect(ablation.noise.violated).toBe(3);
  expect(ablation.effects.map(({ name, matters }) => [name, matters])).toEqual([
    ['aimShare', true],
    ['drainSeconds', false],
  ]);
  expect(ablation.effects[0]?.differences.map(({ violated }) => violated)).toEqual([0, 97]);
});

describe('the command line', () => {
  const command = () => new Command().exitOverride().configureOutput({ writeErr: () => undefined });

  test('without a word asks for every number in every story with the first seed for tuning', () => {
    expect(ablateOptionsOf([])).toMatchObject({
      names: NAMES,
      stories: STORIES,
      seeds: [1],
      write: false,
      json: false,
    });
  });

  test('chooses numbers by a pattern, and stories by name', () => {
    const { names, stories } = ablateOptionsOf(['--only', '^aim', '--scenario', 'quiet,hang']);
    expect(names.toSorted()).toEqual(['aimShare', 'aimShareByMinutes']);
    expect(stories.toSorted()).toEqual(['hang', 'quiet']);
  });

  test.each([
    [['--only', 'nonsense'], '--only: no number matches "nonsense". Expected a part of one of '],
    [['--only', '('], '--only: "(" is no regular expression.'],
    [['--scenario', 'ramp'], '--scenario: "ramp" is unknown. Expected one of '],
    [['--write', '--only', 'aim'], '--write stores the whole ablation. Fix: leave out --only and --scenario.'],
  ])('%j is refused with what was expected', (args, message) => {
    expect(() => ablateOptionsOf(args, command())).toThrow(message);
  });
});

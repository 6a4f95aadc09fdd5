import { Command } from 'commander';
import { optionsOf } from '../../../bench/runner/options.ts';
import { REPORTING_SEEDS, TUNING_SEEDS } from '../../../bench/scenarios/index.ts';

/** Without its output, and throwing where it would end the process. */
const command = () => new Command().exitOverride().configureOutput({ writeErr: () => undefined });

test('without a word everything is compared, on the seeds for reporting', () => {
  const { laws, scenarios, seeds, sizes, trace, write } = optionsOf([]);
  expect(laws).toEqual(expect.arrayContaining(['tidegate', 'perfect', 'gate', 'aimd', 'none']));
  expect(sizes).toEqual([1, 0.1, 0.02]);
  expect(laws.filter((name) => name.includes(':'))).toEqual([]);
  expect(scenarios.length).toBeGreaterThanOrEqual(22);
  expect({ seeds, trace, write }).toEqual({ seeds: REPORTING_SEEDS, trace: false, write: false });
});

test('the tuning loop plays ours beside two yardsticks, small, with the first seed for tuning', () => {
  const { laws, seeds, sizes } = optionsOf(['--quick']);
  expect({ laws, seeds, sizes }).toEqual({ laws: ['perfect', 'tidegate', 'static'], seeds: [1], sizes: [0.1] });
});

test('several names by comma; the seeds for tuning; the first seed alone; one thread for a trace', () => {
  const options = optionsOf([
    '--scenario',
    'ramp,quiet',
    '--law',
    'tidegate,perfect',
    '--tuning',
    '--quick',
    '--trace',
  ]);
  expect(options).toMatchObject({ seeds: TUNING_SEEDS.slice(0, 1), threads: 1, trace: true });
  expect(options.scenarios.toSorted()).toEqual(['quiet', 'ramp']);
  expect(options.laws.toSorted()).toEqual(['perfect', 'tidegate']);
});

test.each([
  [['--law', 'perfct'], '--law: "perfct" is unknown. Expected one of '],
  [['--law', ''], '--law: "" is unknown. Expected one of '],
  [['--scenario', 'rmap'], '--scenario: "rmap" is unknown. Expected one of '],
  [['--seeds', '1,x'], 'Expected a whole number of at least 1, found "x".'],
  [['--size', '1,0'], 'Expected a share above 0 and at most 1, found "0".'],
  [['--numbers', 'drifft=1'], 'Expected name=value with one of the names '],
  [['--numbers', 'drift='], 'found "drift=".'],
  [['--jobs', '0'], 'Expected a whole number of at least 1, found "0".'],
  [['--wirte'], "unknown option '--wirte'"],
  [
    ['--write', '--law', 'perfect'],
    '--write stores the whole comparison. Fix: leave out --scenario, --law, --size, --numbers, --seeds and --quick.',
  ],
])('%j is refused with what was expected', (args, message) => {
  expect(() => optionsOf(args, command())).toThrow(message);
});

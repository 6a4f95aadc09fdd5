import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from '../../../rehearsal/laptop-command.ts';
import { loadPolicy, loadScenario } from '../../../rehearsal/run/input-files.ts';
import { parseArguments, UsageError } from '../../../rehearsal/run/rehearse-arguments.ts';

const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean));

describe('the command line of rehearse', () => {
  it('has defaults', () => {
    expect(parse('--scenario quiet')).toEqual({
      scenario: 'quiet',
      scale: 1,
      seed: 1,
      fault: [],
      againstStatic: false,
      json: false,
    });
  });

  it('takes everything', () => {
    expect(
      parse(
        '--trace day.csv --peak 4000 --scale 0.05 --seed 3 --policy p.json --json --against-static --fault ssm.*:down',
      ),
    ).toEqual({
      trace: 'day.csv',
      peak: 4000,
      scale: 0.05,
      seed: 3,
      policy: 'p.json',
      fault: [expect.objectContaining({ text: 'ssm.*:down' })],
      againstStatic: true,
      json: true,
    });
  });

  it('takes any number of faults', () => {
    const faults = parse('--scenario quiet --fault ssm.*:down@60s --fault lambda.Invoke:duplicate')?.fault;
    expect(faults?.map(({ text }) => text)).toEqual(['ssm.*:down@60s', 'lambda.Invoke:duplicate']);
  });

  it.each([
    ['', /either --scenario NAME or --trace FILE.*\n.*quiet/],
    ['--scenario quiet --trace day.csv', /Give --scenario or --trace, not both/],
    ['--scenario storm', /no scenario "storm"[\s\S]*seed-surge: One premium key/],
    ['--scenario quiet --peak 10', /--peak requires --trace/],
    ['--scenario quiet --scale 0', /from 0.001 to 10, found "0"/],
    ['--scenario quiet --scale much', /found "much"/],
    ['--scenario quiet --seed -1', /whole number/],
    ['--scenario quiet --seed 1.5', /whole number/],
    ['--scenario quiet --fault ssm.*:explode', /Fault "ssm\.\*:explode": there is no fault "explode"/],
    ['--scenario quiet --fast', /unknown option '--fast'/],
  ])('%s is refused with what is known', (line, message) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(message);
  });
});

test.each([
  [['--help'], 0],
  [['--what'], 2],
])('the command line %j ends a laptop command with exit code %d', (argv, code) => {
  const exit = jest.spyOn(process, 'exit').mockImplementation((exitCode) => {
    throw new Error(`exit ${exitCode}`);
  });
  const command = commandLine('x').configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  expect(() => command.parse(argv, { from: 'user' })).toThrow(`exit ${code}`);
  exit.mockRestore();
});

describe('the files of rehearse', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rehearse-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const base = { scale: 1, seed: 1, fault: [], againstStatic: false, json: false };

  it('finds a scenario by name, without a file', async () => {
    expect((await loadScenario({ ...base, scenario: 'quiet' })).name).toBe('quiet');
  });

  it('replays a recording at its own length and the asked peak', async () => {
    const trace = await file('t.csv', 'timestamp,value\n2024-01-01T00:00:00Z,5\n2024-01-01T00:01:00Z,10\n');
    const said: string[] = [];
    const scenario = await loadScenario({ ...base, trace, peak: 1350 }, (line) => said.push(line));
    expect(said).toEqual([
      `${trace}: 2 rows from 2024-01-01T00:00:00Z to 2024-01-01T00:01:00Z, a step of 60 s, values from 5 to 10; no gaps.`,
    ]);
    expect(scenario.durationSeconds).toBe(120);
    const total = scenario.groups.reduce((sum, group) => sum + group.demand(100), 0);
    expect(total).toBeCloseTo(1350);
  });

  it('names a recording that is missing or unreadable', async () => {
    await expect(loadScenario({ ...base, trace: '/nowhere.csv' })).rejects.toThrow(
      '--trace /nowhere.csv: cannot be read (ENOENT).',
    );
    const trace = await file('t.csv', 'a,b\n1,2');
    await expect(loadScenario({ ...base, trace })).rejects.toThrow(/Line 1: expected the columns/);
  });

  it('names every problem of a policy', async () => {
    const policy = await file('p.json', '{ "mode": "brutal", "colour": "red" }');
    await expect(loadPolicy({ ...base, policy })).rejects.toThrow(/--policy [\s\S]*mode/);
    await expect(loadPolicy({ ...base, policy })).rejects.toThrow(/colour/);
    for (const text of ['{', '[]', 'timestamp,value\n']) {
      const broken = await file('b.json', text);
      const refused = expect(loadPolicy({ ...base, policy: broken })).rejects;
      await refused.toThrow(UsageError);
    }
    const csv = await file('good.csv', 'timestamp,value\n2024-01-01T00:00:00Z,5\n');
    await expect(loadPolicy({ ...base, policy: csv })).rejects.toThrow(
      /--policy .*good\.csv: The policy was refused: 1 problem\.\n1\. \(document\): expected a JSON object; found .* Fix: /,
    );
  });

  it('takes a policy for any API', async () => {
    const policy = await file('p.json', '{ "api": "other/prod", "mode": "shadow" }');
    expect(await loadPolicy({ ...base, policy })).toEqual({ api: 'other/prod', mode: 'shadow' });
    expect(await loadPolicy(base)).toBeUndefined();
  });
});

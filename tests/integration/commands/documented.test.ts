import { existsSync, readFileSync } from 'node:fs';
import { type DocumentedCommand, documentedCommands } from '../../support/documented-commands.ts';
import { typedAsNpmDoes } from '../../support/shell.ts';

/**
 * How far each command is tried. `run`: all of its work. `help`: the command starts and reads every documented word, but
 * does none of its work, which takes too long, changes files or needs a deployed service. `files`: nothing is started;
 * every file and folder of tests that its script names exists. `ci`: it cannot run within a test; CI runs it.
 */
const DEPTH: Readonly<Record<string, 'run' | 'help' | 'files' | 'ci'>> = {
  '.ci/run': 'ci',
  'npm ci': 'ci',
  'npm test': 'ci',
  'npm run check': 'ci',
  'npm run format': 'help',
  'npm run quick': 'files',
  'npm run coverage': 'ci',
  'npm run commits': 'run',
  'npm run licences': 'run',
  'npm run release': 'files',
  'npm run mutation:writes': 'files',
  'npm run mutation:law': 'files',
  'npm run mutation': 'help',
  'npm start': 'help',
  'npm run rehearse': 'help',
  'npm run remove': 'help',
  'npm run bench': 'help',
  'npm run bench:tune': 'help',
  'npm run bench:ablate': 'help',
  'npm run bench:tick': 'help',
  'npm run bench:product': 'help',
  'npm run bench:speed': 'help',
  'npm run bench:key-tail': 'run',
  'npm run bench:bundles': 'run',
  'npm run faults': 'help',
  'npm run overlap': 'help',
  'npm run sealed': 'help',
  'npm run tamper': 'help',
  'npm run soak': 'help',
  'npx sls deploy': 'help',
  'npx sls remove': 'help',
  'npx tidegate kill': 'help',
  'npx tidegate pause': 'help',
  'npx tidegate pin': 'help',
  'npx tidegate resume': 'help',
  'npx tidegate status': 'help',
};

/** What makes a whole run short enough for a test. */
const SHORTER: Readonly<Record<string, string>> = { 'npm run bench:bundles': '--runs 1' };

const { scripts, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
  bin: Readonly<Record<string, string>>;
};
const documented = documentedCommands();
const ofDepth = (depth: string) => documented.filter(({ name }) => DEPTH[name] === depth);

/** What npm or npx would give to a shell. */
function programOf({ name }: Pick<DocumentedCommand, 'name'>): string {
  const [, script = ''] = /^npm (?:run )?(\S+)$/.exec(name) ?? [];
  if (script) return scripts[script] ?? `there-is-no-script-${script}`;
  return name.replace(/^npx tidegate/, `node ${bin.tidegate}`).replace(/^npx /, '');
}

test('every command that README, CONTRIBUTING and docs name is checked below', () => {
  expect(documented.map(({ name }) => name).toSorted()).toEqual(Object.keys(DEPTH).toSorted());
});

test.each(ofDepth('run'))('$name does its work', async (command) => {
  expect(await typedAsNpmDoes(`${programOf(command)} ${command.words} ${SHORTER[command.name] ?? ''}`)).toMatchObject({
    code: 0,
  });
});

test.each(ofDepth('help'))('$name understands $words', async (command) => {
  const { code, printed } = await typedAsNpmDoes(`${programOf(command)} ${command.words} --help`);
  const options = command.words.match(/--[a-z][\w-]*/gi) ?? [];
  expect({ code, printed, missing: options.filter((option) => !printed.includes(option)) }).toMatchObject({
    code: 0,
    printed: expect.stringMatching(/usage|--help/i),
    missing: [],
  });
});

test.each(ofDepth('files'))('every file that $name names exists', (command) => {
  const files = programOf(command).match(/[\w./-]+\.[cm]?[jt]s\b|\btests\/[\w/-]+/g) ?? [];
  expect(files).not.toEqual([]);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test.each(ofDepth('ci'))('CI runs $name', ({ name }) => {
  const run = ['.github/workflows/ci.yml', '.ci/run'].map((file) => readFileSync(file, 'utf8')).join('\n');
  expect(run).toContain(name);
});

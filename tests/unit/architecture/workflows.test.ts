import { readdirSync, readFileSync } from 'node:fs';
import { workflowProblems } from '../../support/tools/workflow.ts';

const FOLDER = '.github/workflows';
const scripts = Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }).scripts);

const FOR_EACH_AREA = `run: "npm run mutation:\${{ matrix.area }}"`;

const workflow = (step: string, matrix = '[a]') => `
permissions: { contents: read }
jobs:
  one:
    timeout-minutes: 5
    strategy: { matrix: { area: ${matrix} } }
    steps:
      - ${step}
`;

test('there are workflows', () => {
  expect(readdirSync(FOLDER)).toEqual(['ci.yml', 'nightly.yml']);
});

test.each(readdirSync(FOLDER))(
  '%s pins its actions, runs scripts that exist, ends in time and may only read',
  (name) => {
    expect(workflowProblems(readFileSync(`${FOLDER}/${name}`, 'utf8'), scripts)).toEqual([]);
  },
);

test.each([
  ['uses: actions/checkout@v5', 'not pinned by commit and version: - uses: actions/checkout@v5'],
  [
    `uses: actions/checkout@${'a'.repeat(40)}`,
    `not pinned by commit and version: - uses: actions/checkout@${'a'.repeat(40)}`,
  ],
  ['run: npm ci && npm run chekc', 'one: package.json has no script "chekc"'],
  ['run: npm run --silent sok -- --hours 72', 'one: package.json has no script "sok"'],
  [FOR_EACH_AREA, 'one: package.json has no script "mutation:a"'],
])('the step "%s" is a problem', (step, problem) => {
  expect(workflowProblems(workflow(step), scripts)).toEqual([problem]);
});

test('every value of a matrix has its script', () => {
  expect(workflowProblems(workflow(FOR_EACH_AREA, '[writes, law]'), scripts)).toEqual([]);
  expect(workflowProblems(workflow(FOR_EACH_AREA, '[writes, lwa]'), scripts)).toEqual([
    'one: package.json has no script "mutation:lwa"',
  ]);
});

test('rights to write, and a job without a time limit, are problems', () => {
  const generous = workflow('run: npm test').replace('contents: read', 'contents: write');
  expect(workflowProblems(generous, scripts)).toEqual(['permissions: expected { contents: read } alone']);
  const endless = workflow('run: npm test').replace('    timeout-minutes: 5\n', '');
  expect(workflowProblems(endless, scripts)).toEqual(['one: no timeout-minutes']);
});

test('text that is no YAML is refused', () => {
  expect(() => workflowProblems('jobs: [', scripts)).toThrow();
});

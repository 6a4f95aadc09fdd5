import { newRepository } from '../../support/tools/repository.ts';

const CHECK = 'tools/commits/check-commits.ts';
const GOOD = [
  'feat(gateway): read limits of every method',
  'fix: shed the load of one key',
  'docs: process a line at a time',
  'chore(release): v0.2.0',
];
const BAD = [
  ['read limits of every method', 'type-empty'],
  ['wip: read limits', 'type-enum'],
  ['feat: reads limits of every method', 'subject-imperative'],
  ['feat: added limits', 'subject-imperative'],
  ['feat: reading limits', 'subject-imperative'],
  [`feat: read limits of every ${'very '.repeat(9)}method`, 'header-max-length'],
] as const;

const repository = newRepository();
afterAll(() => repository.remove());

beforeEach(() => {
  repository.commit('whatever was written before the first release');
  repository.git('tag', '--force', 'v0.1.0');
});

test('conventional, imperative and short subjects pass; what was written before the first release is not asked', () => {
  for (const message of GOOD) repository.commit(message);
  expect(repository.run(CHECK)).toEqual({ code: 0, printed: '' });
});

test('every other subject is refused, with the rule that it breaks', () => {
  for (const [message] of BAD) repository.commit(message);
  const { code, printed } = repository.run(CHECK);
  const problems = printed.split('input').slice(1);
  expect(code).toBe(1);
  for (const [message, rule] of BAD) {
    expect(problems.find((each) => each.includes(`\n${message}\n`))).toContain(`[${rule}]`);
  }
});

test('a clone without the tag of the first release checks nothing, and says so', () => {
  repository.git('tag', '--delete', 'v0.1.0');
  repository.commit('wip');
  const skipped = expect.stringContaining('Skipped: this clone lacks the tag v0.1.0');
  expect(repository.run(CHECK)).toEqual({ code: 0, printed: skipped });
});

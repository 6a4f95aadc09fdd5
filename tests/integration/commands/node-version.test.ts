import { readFileSync } from 'node:fs';
import { typedAsNpmDoes } from '../../support/shell.ts';

const { scripts, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
  bin: Record<string, string>;
};
const SENTENCE =
  /^Tidegate runs on Node 22\.18 or later with built-in TypeScript support, which this Node \(v[\d.]+\) lacks: install Node 24, run "npm ci", and repeat the command\.\n$/;

const typedOnUnsuitableNode = (command: string) =>
  typedAsNpmDoes(command, { NODE_OPTIONS: '--no-experimental-strip-types' });

test.each(Object.entries(scripts))('npm run %s asks for a suitable Node in one sentence', async (_, command) => {
  // Before anything is run: a script without the check would do its whole work here. Jest makes the check in its configuration.
  expect(command).toMatch(/^(node -r \.\/config\/node-version\.cjs |node config\/node-version\.cjs && |jest )/);
  expect(await typedOnUnsuitableNode(command)).toEqual({ code: 1, printed: expect.stringMatching(SENTENCE) });
});

test.each([`node ${bin.tidegate} status`, 'jest --listTests'])('%s asks likewise', async (command) => {
  expect(await typedOnUnsuitableNode(command)).toEqual({ code: 1, printed: expect.stringMatching(SENTENCE) });
});

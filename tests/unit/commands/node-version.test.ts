import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const { scripts, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  bin: Record<string, string>;
};
const SENTENCE =
  /^Tidegate runs on Node 22\.18 or later with built-in TypeScript support, which this Node \(v[\d.]+\) lacks: install Node 24, run "npm ci", and repeat the command\.\n$/;

/** Types a command as npm does, on a Node whose TypeScript support is switched off. @returns all that the command printed */
async function typedOnUnsuitableNode(command: string): Promise<{ code: number | null; printed: string }> {
  const PATH = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH, NODE_OPTIONS: '--no-strip-types' };
  const child = spawn(command, { cwd: ROOT, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, printed };
}

test.each(Object.entries(scripts))('npm run %s asks for a suitable Node in one sentence', async (_, command) => {
  // Before anything is run: a script without the check would do its whole work here. Jest makes the check in its configuration.
  expect(command).toMatch(/^(node -r \.\/config\/node-version\.cjs |node config\/node-version\.cjs && |jest )/);
  expect(await typedOnUnsuitableNode(command)).toEqual({ code: 1, printed: expect.stringMatching(SENTENCE) });
});

test.each([`node ${bin.tidegate} status`, 'jest --listTests'])('%s asks likewise', async (command) => {
  expect(await typedOnUnsuitableNode(command)).toEqual({ code: 1, printed: expect.stringMatching(SENTENCE) });
});

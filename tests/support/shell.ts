import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Types a command in the project's folder as npm does: with the installed programs first on PATH. @returns all that the command printed */
export async function typedAsNpmDoes(
  command: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; printed: string }> {
  const PATH = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH, ...environment };
  const child = spawn(command, { cwd: ROOT, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, printed };
}

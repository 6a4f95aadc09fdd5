import type { Cloud } from '@tidegate/embedded-aws';
import { serverless } from '../../../rehearsal/deploy/serverless.ts';

/** What an escape sequence of the terminal looks like; the framework's progress is full of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with a control character
const ESCAPES = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Runs `sls` against a cloud. @returns what it printed, without the terminal's escapes */
export async function sls(cloud: Cloud, ...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  await serverless([...args, '--stage', 'dev'], { endpoint: cloud.endpoint, onLine: (line) => lines.push(line) });
  return lines.join('\n').replaceAll(ESCAPES, '');
}

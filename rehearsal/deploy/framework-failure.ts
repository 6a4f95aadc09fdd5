import { diskIsFull } from './run-folder.ts';

const FULL_DISK = /ENOSPC|no space left on device|not enough space on the disk/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with a control character
const ESCAPES = /\u001b\[[0-9;]*[A-Za-z]/g;
/** A frame of the framework's spinner, of which it draws ten a second. */
const FRAME = /^[\u2800-\u28ff] /;
const TOLD_LINES = 25;

/**
 * Why a run of the framework failed, from its output.
 * @returns a CommandError if the disk is full, else an Error with the last informative lines
 */
export function frameworkFailure(args: readonly string[], code: number | null, lines: readonly string[]): Error {
  if (lines.some((line) => FULL_DISK.test(line))) return diskIsFull();
  const telling = lines.flatMap((line) => tellingPart(line) ?? []);
  return new Error(`serverless ${args.join(' ')} exited with ${code}:\n${telling.slice(-TOLD_LINES).join('\n')}`);
}

/** A line of the framework without terminal control; undefined for a frame of its spinner or an empty line. */
export function tellingPart(line: string): string | undefined {
  const text = line.replaceAll(ESCAPES, '');
  return text === '' || FRAME.test(text) ? undefined : text;
}

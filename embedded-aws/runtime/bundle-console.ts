import { Console } from 'node:console';
import { EventEmitter } from 'node:events';
import { formatWithOptions } from 'node:util';

/** Takes one line, or several, that a bundle wrote; without a newline at the end. */
export type WriteLog = (text: string) => void;

/** Standard output or error of a bundle, with as much of a stream as `Console` and libraries use. */
export function logStream(write: WriteLog, fd: 1 | 2): EventEmitter {
  const stream = new EventEmitter();
  const writeChunk = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    write(text.replace(/\n$/, ''));
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done as (error: null) => void, null);
    return true;
  };
  return Object.assign(stream, { write: writeChunk, end: writeChunk, fd, isTTY: false, writable: true });
}

const LEVELS = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;

/**
 * The console that Lambda's Node.js runtime gives a function: `time, request id, level, text`, parted by tabs.
 * `prefix` answers with the first two for the invocation at hand.
 */
export function bundleConsole(
  stdout: EventEmitter,
  stderr: EventEmitter,
  write: WriteLog,
  prefix: () => string,
): Console {
  const console = new Console(stdout as NodeJS.WriteStream, stderr as NodeJS.WriteStream);
  const entries = Object.entries(LEVELS).map(([method, level]) => {
    const print = (...values: unknown[]) => write(`${prefix()}\t${level}\t${formatWithOptions({}, ...values)}`);
    return [method, print];
  });
  return Object.assign(console, Object.fromEntries(entries));
}

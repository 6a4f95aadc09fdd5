/** A failure that the person at the terminal can fix: the message says everything, a stack would only bury it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Runs a laptop command: its result becomes the exit code; a failure is told on stderr, and ends it with 1. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const text = error instanceof CommandError ? error.message : String(error instanceof Error ? error.stack : error);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
}

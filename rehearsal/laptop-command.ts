/** A failure that the user can fix; the message is complete, so no stack is printed. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Runs a laptop command: its result becomes the exit code; a failure is printed on stderr, with exit code 1. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const text = error instanceof CommandError ? error.message : String(error instanceof Error ? error.stack : error);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
}

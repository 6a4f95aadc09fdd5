import { Command } from 'commander';

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

/** Printed below every complaint about a command line. */
export const HELP_HINT = 'Run with --help to list commands and options.';

/** The command line of a command of this project; an invalid one ends the process with the complaint, the hint and exit code 2. */
export function commandLine(name: string): Command {
  return new Command(name)
    .showHelpAfterError(HELP_HINT)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

import { FAULT_FORM, FAULT_KINDS, type Fault, FaultSpecError, parseFault } from '@tidegate/embedded-aws/faults';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { HELP_HINT } from '../laptop-command.ts';
import { SCENARIOS } from '../world/scenarios/index.ts';
import { DEFAULT_PEAK_RPS } from '../world/scenarios/recorded-trace.ts';

/** The options of `rehearse`. Exactly one of `scenario` and `trace` is set. */
export interface RehearseArguments {
  readonly scenario?: string;
  /** Path of a CSV file. */
  readonly trace?: string;
  readonly peak?: number;
  readonly scale: number;
  readonly seed: number;
  /** Path of a policy document. */
  readonly policy?: string;
  /** The faults to inject; times count from the scenario's start. */
  readonly fault: readonly Fault[];
  /** Play the same under the deployed limits too, and say what control did to honest clients. */
  readonly againstStatic: boolean;
  readonly json: boolean;
}

/** The arguments are invalid; the message lists the valid ones. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const known = (): string => [...SCENARIOS.values()].map(({ name, title }) => `  ${name}: ${title}`).join('\n');

function numberBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a number from ${least} to ${most}, found "${text}".`);
  };
}

function seedNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 0xffff_ffff) return value;
  throw new InvalidArgumentError(`Expected a whole number from 0 to ${0xffff_ffff}, found "${text}".`);
}

function faultAnd(text: string, faults: readonly Fault[]): readonly Fault[] {
  try {
    return [...faults, parseFault(text)];
  } catch (error) {
    throw error instanceof FaultSpecError ? new InvalidArgumentError(error.message) : error;
  }
}

const faultKinds = (): string =>
  Object.entries(FAULT_KINDS)
    .map(([kind, what]) => `  ${kind}: ${what}`)
    .join('\n');

function command(): Command {
  return new Command('rehearse')
    .description('Deploys the service onto an embedded AWS and plays an incident in virtual time.')
    .option('--scenario <name>', 'one of the scenarios below')
    .option('--trace <file>', 'replay a recording: CSV with the columns timestamp (ISO 8601) and value')
    .option('--peak <rps>', `peak of the replayed recording (default ${DEFAULT_PEAK_RPS})`, numberBetween(1, 1e6))
    .option('--scale <factor>', 'multiplies demand, capacity and limits together', numberBetween(0.001, 10), 1)
    .option('--seed <number>', 'everything random follows from it', seedNumber, 1)
    .option('--policy <file>', 'policy document to use instead of the deployed one')
    .option('--fault <spec>', `what is to go wrong, repeatable: ${FAULT_FORM}`, faultAnd, [])
    .option('--against-static', 'play it without control as well, and compare what honest clients were served', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', `\nScenarios:\n${known()}\n\nFaults:\n${faultKinds()}`)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
}

/**
 * Reads the command line, without `node` and the script.
 * @returns undefined when help was asked for and has been printed
 * @throws UsageError with a message for the person who typed it.
 */
export function parseArguments(argv: readonly string[]): RehearseArguments | undefined {
  let options: RehearseArguments;
  try {
    options = command()
      .parse([...argv], { from: 'user' })
      .opts();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(`${error.message}\n${HELP_HINT}`);
  }
  return checked(options);
}

function checked(options: RehearseArguments): RehearseArguments {
  const { scenario, trace, peak } = options;
  if (scenario !== undefined && trace !== undefined) {
    throw new UsageError('Give --scenario or --trace, not both: a recording is a scenario of its own.');
  }
  if (scenario === undefined && trace === undefined) {
    throw new UsageError(`Give either --scenario NAME or --trace FILE. Scenarios:\n${known()}`);
  }
  if (scenario !== undefined && !SCENARIOS.has(scenario)) {
    throw new UsageError(`There is no scenario "${scenario}". Scenarios:\n${known()}`);
  }
  if (peak !== undefined && trace === undefined) throw new UsageError('--peak requires --trace.');
  return options;
}

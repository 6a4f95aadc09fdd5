import { DEFAULT_PORT } from '@tidegate/embedded-aws';
import { InvalidArgumentError } from 'commander';
import { commandLine } from '../laptop-command.ts';

export interface StartArguments {
  /** End after the incident instead of keeping the service up. */
  readonly once: boolean;
  /** TCP port of the embedded AWS. */
  readonly port: number;
  /** Multiplies demand, capacity and limits together. */
  readonly scale: number;
  /** Maximum of simulated seconds per wall-clock second. */
  readonly speed: number;
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0) return value;
  throw new InvalidArgumentError(`Expected a number above 0, found "${text}".`);
}

function portNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError(`Expected a port from 0 (any free one) to 65535, found "${text}".`);
}

/** Reads the command line of `npm start`; commander prints help or an error and exits. */
export function parseStartArguments(argv: readonly string[]): StartArguments {
  return commandLine('npm start --')
    .description('Boots the embedded AWS, deploys the service, plays an incident, and goes on serving.')
    .option('--once', 'end after the incident', false)
    .option('--port <number>', 'port of the embedded AWS', portNumber, DEFAULT_PORT)
    .option('--scale <factor>', 'multiplies demand, capacity and limits together', positive, 0.1)
    .option('--speed <factor>', 'simulated seconds per second, at most', positive, 30)
    .parse([...argv], { from: 'user' })
    .opts<StartArguments>();
}

import { Command, CommanderError } from 'commander';
import type { Override } from '../shared/policy/schema/override-schema.ts';
import { endOf, parseLimit, parsePins, secondsOf } from './pins.ts';
import { putOverride } from './put-override.ts';
import { showStatus } from './status.ts';
import { NotDoneError, type Surroundings, type TargetOptions, targetOf, UsageError } from './target.ts';

interface BrakeOptions extends TargetOptions {
  readonly reason?: string;
  readonly nagAfter?: string;
}

interface PinOptions {
  readonly for?: string;
  readonly until?: string;
  readonly aboveBaseline?: true;
}

/**
 * The operator's command.
 * @returns the exit code: 0 done, 1 not done or unknown, 2 invalid arguments
 */
export async function runCommand(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { say, complain } = surroundings;
  const program = programOf(surroundings);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => say(text.trimEnd()),
      writeErr: (text) => complain(text.trimEnd()),
    });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UsageError || error instanceof NotDoneError) complain(error.message);
    else complain(explained(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

function programOf(surroundings: Surroundings): Command {
  const program = new Command('tidegate')
    .description('Pauses, pins or lowers the limits that Tidegate manages, and shows what is in force.')
    .showHelpAfterError('Run with --help to list commands and options.');
  const put = async (override: Override, options: TargetOptions) =>
    await putOverride(override, targetOf(options, surroundings), surroundings);

  brake(program.command('pause').description('keep every limit at its present value')).action(
    async (options: BrakeOptions) => await put({ action: 'pause', ...common(options) }, options),
  );
  brake(program.command('pin').description('keep tiers or the stage at given limits until a given time'))
    .argument('<limit...>', 'tier or "stage", with its rate and burst, for example basic=50/100')
    .option('--for <duration>', 'duration of the pin, for example 90s, 30m, 2h or 1d')
    .option('--until <instant>', 'end of the pin, for example 2031-05-01T12:30:00Z; at most seven days ahead')
    .option('--above-baseline', 'allow limits above the deployed baseline')
    .action(async (limits: string[], options: BrakeOptions & PinOptions) => {
      const until = endOf(options.until, options.for, await surroundings.serviceNow());
      const word = options.aboveBaseline && { aboveBaseline: true };
      await put({ action: 'pin', until, ...parsePins(limits), ...word, ...common(options) } as Override, options);
    });
  brake(program.command('kill').description('lower the stage to its emergency floor at once'))
    .option('--floor <limit>', 'emergency floor per method as rate/burst, for example 50/10 (default: from the policy)')
    .action(async (options: BrakeOptions & { floor?: string }) => {
      const floor = options.floor === undefined ? {} : { floor: parseLimit(options.floor) };
      await put({ action: 'kill', ...floor, ...common(options) }, options);
    });
  target(program.command('resume').description('return the limits to the control law'))
    .option('--reason <text>', 'reason, recorded with the decision')
    .action(
      async ({ reason, ...options }: BrakeOptions) =>
        await put({ action: 'resume', ...(reason && { reason }) }, options),
    );
  target(program.command('status').description('show what is in force, and why'))
    .option('--json', 'print one JSON object', false)
    .action(
      async (options: TargetOptions & { json: boolean }) =>
        await showStatus(targetOf(options, surroundings), options.json, surroundings),
    );
  return program;
}

function target(command: Command): Command {
  return command
    .option('-s, --stage <stage>', 'name of the deployed stage', 'dev')
    .option('-n, --name <policy>', 'name of the policy', 'default')
    .option('--region <region>', 'the AWS Region (default: AWS_REGION, else us-east-1)');
}

function brake(command: Command): Command {
  return target(command)
    .option('--reason <text>', 'reason, recorded with the decision')
    .option('--nag-after <duration>', 'raise an alarm when the override lasts longer, for example 2h');
}

function common({ reason, nagAfter }: BrakeOptions) {
  return {
    ...(reason !== undefined && { reason }),
    ...(nagAfter !== undefined && { nagAfterSeconds: secondsOf(nagAfter) }),
  };
}

/** Describes an AWS error for a person, with a fix if one is known. */
function explained(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const hint = HINTS.find(([pattern]) => pattern.test(`${name} ${message}`))?.[1];
  return [`The request to AWS failed. ${name}: ${message || 'no message'}`, ...(hint ? [hint] : [])].join('\n');
}

const HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/credential/i, 'Fix: sign in or set AWS_PROFILE; `aws sts get-caller-identity` shows who you are.'],
  [
    /AccessDenied|not authorized/,
    'Fix: grant ssm:GetParameter and ssm:PutParameter on /tidegate/<stage>/overrides/*; see docs/operations.md.',
  ],
  [/ECONNREFUSED|ENOTFOUND/, 'No server answered. Fix: check AWS_ENDPOINT_URL and the network.'],
  [/Throttling|TooManyRequests/, 'Fix: try again in a second; Parameter Store accepts three writes per second.'],
];

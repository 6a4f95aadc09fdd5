import { createCloud } from '@tidegate/embedded-aws';
import { DEVELOPER, SimulationClock } from '@tidegate/embedded-aws/kernel';
import { deployCommand, type Watched, watched } from './watch/watched.ts';

/** The results of the two commands in one environment. */
export interface Row {
  readonly name: string;
  /** `npm start -- --once`: a deploy and an incident. */
  readonly start: Watched;
  /** A deploy onto a cloud whose time runs faster, and `npm run remove` from there. */
  readonly deploy: Watched;
  readonly remove: Watched;
  /** Stacks that remained after the removal. */
  readonly left: readonly string[];
  readonly seconds: number;
}

const SCALE = '0.05';
const FASTEST = '100000';
/** The quota of one plan write in 20 s is waited out three times: at this rate, two seconds of the wall's. */
const REMOVE_RATE = 30;

/** Deploys, plays the incident and removes, by the real commands, under the environment of that name. */
export async function playRow(name: string): Promise<Row> {
  const startMs = performance.now();
  const command = ['--max-semi-space-size=64', 'rehearsal/start.ts', '--once', '--port', '0'];
  const start = await watched(name, {
    command: [...command, '--scale', SCALE, '--speed', FASTEST],
    environment: (hostile) => hostile,
  });
  const removal = await playRemoval(name);
  return { name, start, ...removal, seconds: (performance.now() - startMs) / 1000 };
}

async function playRemoval(name: string): Promise<Pick<Row, 'deploy' | 'remove' | 'left'>> {
  const onError = (error: unknown) => console.error(error);
  const clock = new SimulationClock({ rate: REMOVE_RATE, onError });
  const cloud = await createCloud({ seed: 1, port: 0, clock, onError });
  try {
    const environment = (hostile: Readonly<Record<string, string>>) => ({
      ...hostile,
      AWS_ENDPOINT_URL: cloud.endpoint,
    });
    const deploy = await watched(name, { command: deployCommand(cloud.endpoint), environment });
    const remove = await watched(name, { command: ['rehearsal/remove.ts'], environment });
    const { StackSummaries } = await cloud.aws.call<{
      StackSummaries: readonly { readonly StackName: string; readonly StackStatus: string }[];
    }>(DEVELOPER, 'cloudformation', 'ListStacks', {});
    const left = StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
    return { deploy, remove, left: left.map(({ StackName, StackStatus }) => `${StackName} ${StackStatus}`) };
  } finally {
    await cloud.close();
  }
}

/** The problems of a row; empty if it is green. */
export function complaintsOf({ start, deploy, remove, left }: Row): string[] {
  return [
    ...complaintsOfCommand('start', start),
    ...complaintsOfCommand('deploy', deploy),
    ...complaintsOfCommand('remove', remove),
    ...left.map((stack) => `remove left ${stack}`),
  ];
}

function complaintsOfCommand(command: string, { code, err, ownSignatures, misdeeds }: Watched): string[] {
  const { departures, foreignSignatures, decoyConnections, traps } = misdeeds;
  return [
    ...(code === 0 ? [] : [`${command} ended with ${code}: ${err.trim().split('\n').at(-1)}`]),
    ...(ownSignatures > 0 ? [] : [`${command} was not seen to sign anything: the watch is blind`]),
    ...(departures === 0 ? [] : [`${command} tried to leave the machine ${departures} times`]),
    ...(foreignSignatures === 0 ? [] : [`${command} signed ${foreignSignatures} times with the user's keys`]),
    ...(decoyConnections === 0
      ? []
      : [`${command} connected ${decoyConnections} times to the user's proxy or endpoint`]),
    ...traps.map((trap) => `${command} ran or wrote ${trap}`),
  ];
}

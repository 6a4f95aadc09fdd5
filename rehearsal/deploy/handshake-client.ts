import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { EMBEDDED_AWS, HANDSHAKE_PATH, type Handshake } from '@tidegate/embedded-aws/http';
import { CommandError } from '../laptop-command.ts';
import { loopbackOrigin } from './loopback.ts';

const ANSWER_WITHIN_MS = 5_000;
const WATCH_EVERY_MS = 1_000;

/**
 * Checks that an endpoint is the embedded AWS, and that no incident is being played there.
 * @throws CommandError if the endpoint is not on this machine, if nothing listens there, if something else does, or during an incident
 */
export async function expectIdleEmbeddedAws(endpoint: string): Promise<void> {
  const origin = loopbackOrigin(endpoint);
  const answer = await ask(origin, HANDSHAKE_PATH).catch((error: Error) => {
    throw new CommandError(
      `Nothing answers at ${origin} (${error.message}): nothing was removed. ` +
        'Run "npm start" first, or set AWS_ENDPOINT_URL to the address that it prints.',
    );
  });
  const { name, isPlaying } = handshakeIn(answer);
  if (name !== EMBEDDED_AWS) {
    throw new CommandError(
      `What listens at ${origin} is not the embedded AWS: nothing was removed. Set AWS_ENDPOINT_URL to the address that "npm start" prints.`,
    );
  }
  if (!isPlaying) return;
  throw new CommandError(
    `An incident is being played at ${origin}: nothing was removed. Wait for its end, or press Ctrl-C in its terminal.`,
  );
}

function handshakeIn(answer: string): Partial<Handshake> {
  try {
    return Object(JSON.parse(answer));
  } catch {
    return {};
  }
}

/** Whether the embedded AWS at an endpoint has a stack of this name. */
export async function hasStack(endpoint: string, stackName: string): Promise<boolean> {
  const query = new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15', StackName: stackName });
  return !(await ask(loopbackOrigin(endpoint), `/?${query}`)).includes('does not exist');
}

/** Aborts when nothing listens at the endpoint any more; `stop` ends the watch. */
export function watchEndpoint(endpoint: string): { readonly signal: AbortSignal; readonly stop: () => void } {
  const origin = loopbackOrigin(endpoint);
  const gone = new AbortController();
  const look = () =>
    ask(origin, HANDSHAKE_PATH).catch(({ code }: NodeJS.ErrnoException) => {
      // A busy endpoint may answer late; only a closed port is proof of its end.
      if (code === 'ECONNREFUSED') gone.abort(new CommandError(goneMessage(origin)));
    });
  const timer = setInterval(look, WATCH_EVERY_MS);
  return { signal: gone.signal, stop: () => clearInterval(timer) };
}

const goneMessage = (origin: string): string =>
  `The embedded AWS at ${origin} ended during the removal. What it held is gone with it; nothing is left to remove.`;

/** Uses a separate agent, because Node's global agent may go through a proxy. */
function ask(origin: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    get(`${origin}${path}`, { agent: new Agent(), signal }, (answer) => {
      text(answer).then(resolve, reject);
    }).on('error', reject);
  });
}

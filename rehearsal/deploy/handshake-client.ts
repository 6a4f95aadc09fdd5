import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { HANDSHAKE_ANSWER, HANDSHAKE_PATH } from '@tidegate/embedded-aws/http';
import { CommandError } from '../laptop-command.ts';
import { loopbackOrigin } from './loopback.ts';

const ANSWER_WITHIN_MS = 5_000;

/**
 * Checks that an endpoint is the embedded AWS.
 * @throws CommandError if the endpoint is not on this machine, if nothing listens there, or if something else does
 */
export async function expectEmbeddedAws(endpoint: string): Promise<void> {
  const origin = loopbackOrigin(endpoint);
  const answer = await ask(origin).catch((error: Error) => {
    throw new CommandError(
      `Nothing answers at ${origin} (${error.message}): nothing was removed. ` +
        'Run "npm start" first, or set AWS_ENDPOINT_URL to the address that it prints.',
    );
  });
  if (answer === HANDSHAKE_ANSWER) return;
  throw new CommandError(
    `What listens at ${origin} is not the embedded AWS: nothing was removed. Set AWS_ENDPOINT_URL to the address that "npm start" prints.`,
  );
}

/** Uses a separate agent, because Node's global agent may go through a proxy. */
function ask(origin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    get(`${origin}${HANDSHAKE_PATH}`, { agent: new Agent(), signal }, (answer) => {
      text(answer).then(resolve, reject);
    }).on('error', reject);
  });
}

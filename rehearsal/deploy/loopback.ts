import { CommandError } from '../laptop-command.ts';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The origin of an endpoint on this machine.
 * @throws CommandError naming any other endpoint: processes of the laptop commands must never reach a real account
 */
export function loopbackOrigin(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === 'http:' && LOOPBACK.test(url.hostname)) return url.origin;
  throw new CommandError(
    `AWS_ENDPOINT_URL: expected an address on this machine, such as http://127.0.0.1:4566, found "${endpoint}". ` +
      'This command works on the embedded AWS only; for a real account run "npx sls deploy" or "npx sls remove".',
  );
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

export interface ServerlessOptions {
  /** Where the embedded AWS listens. */
  readonly endpoint: string;
  /** Receives every line that the framework prints. */
  readonly onLine?: (line: string) => void;
}

const require = createRequire(import.meta.url);
const EXECUTABLE = require.resolve('serverless/bin/serverless.js');

/**
 * Runs the Serverless Framework, unmodified, against an endpoint.
 * @throws Error with the framework's last lines when it exits with anything but 0.
 */
export async function serverless(args: readonly string[], options: ServerlessOptions): Promise<void> {
  const child = spawn(process.execPath, [EXECUTABLE, ...args], {
    cwd: new URL('../../', import.meta.url),
    env: { ...process.env, ...environmentFor(options.endpoint) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      options.onLine?.(line);
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`serverless ${args.join(' ')} exited with ${code}:\n${lines.slice(-25).join('\n')}`);
}

function environmentFor(endpoint: string): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    // How often the framework asks for the stack's progress, in milliseconds: there is no quota on asking here.
    SLS_AWS_MONITORING_FREQUENCY: '100',
    // Removing detaches every plan at once and must wait out the quota of one UpdateUsagePlan call per 20 s.
    SLS_AWS_REQUEST_MAX_RETRIES: '29',
    SLS_INTERACTIVE_SETUP_ENABLE: '0',
    FORCE_COLOR: '0',
    CI: '1',
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerlessOptions {
  /** Where the embedded AWS listens. */
  readonly endpoint: string;
  /** Receives every line that the framework prints. */
  readonly onLine?: (line: string) => void;
}

const require = createRequire(import.meta.url);
const EXECUTABLE = require.resolve('serverless/bin/serverless.js');
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What the framework looks for beside its working directory. */
const SERVICE_FOLDERS = ['config', 'functions', 'shared', 'node_modules'];
/** Copied: the framework does not take a link for its configuration. */
const SERVICE_FILES = ['serverless.yml', 'package.json', 'tsconfig.json'];

/**
 * Runs the Serverless Framework, unmodified, against an endpoint.
 * @throws Error with the framework's last lines when it exits with anything but 0.
 */
export async function serverless(args: readonly string[], options: ServerlessOptions): Promise<void> {
  const directory = await workingDirectory();
  try {
    await run(args, directory, options);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The framework keeps its files in `.serverless` of the working directory: two runs in one would take them from each other. */
async function workingDirectory(): Promise<string> {
  await mkdir(join(ROOT, '.tidegate'), { recursive: true });
  const directory = await mkdtemp(join(ROOT, '.tidegate', 'run-'));
  await Promise.all(SERVICE_FOLDERS.map((name) => symlink(join(ROOT, name), join(directory, name))));
  await Promise.all(SERVICE_FILES.map((name) => copyFile(join(ROOT, name), join(directory, name))));
  return directory;
}

async function run(args: readonly string[], cwd: string, options: ServerlessOptions): Promise<void> {
  const child = spawn(process.execPath, [EXECUTABLE, ...args], {
    cwd,
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

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { frameworkFailure, tellingPart } from './framework-failure.ts';
import { CACHE, inRunFolder } from './run-folder.ts';
import { sealedEnvironment } from './sealed-environment.ts';

export interface ServerlessOptions {
  /** Where the embedded AWS listens. */
  readonly endpoint: string;
  /** Receives every line that the framework prints, without the frames of its spinner. */
  readonly onLine?: (line: string) => void;
  /** The folder of the service to package: `serverless.yml` and what it names. Default: this project. */
  readonly source?: string;
  /** Ends the run when aborted; its reason becomes the error. */
  readonly signal?: AbortSignal;
}

const require = createRequire(import.meta.url);
const EXECUTABLE = require.resolve('serverless/bin/serverless.js');
/** This project's folder. */
export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
/** The files that the framework expects in its working directory. */
const SERVICE_FOLDERS = ['config', 'functions', 'shared', 'node_modules'];
/** Copied, because the framework does not accept a link as its configuration. */
const SERVICE_FILES = ['serverless.yml', 'package.json', 'tsconfig.json'];
const HOME = 'home';

/** The framework's cache of compiled schemas, otherwise in the user's home. */
const SCHEMAS = join(CACHE, '.serverless');

/**
 * Runs the unmodified Serverless Framework against an endpoint, in an environment that points nowhere else.
 * @throws CommandError when the endpoint is not on this machine, or the disk is full.
 * @throws Error with the framework's last lines when it exits with anything but 0.
 */
export async function serverless(args: readonly string[], options: ServerlessOptions): Promise<void> {
  // The framework keeps its files in `.serverless` of the working directory: two runs in one directory would overwrite each other's files.
  await inRunFolder(async (folder) => {
    const environment = environmentFor(options.endpoint, folder);
    await layOut(folder, options.source ?? PROJECT);
    await run(args, { folder, environment, onLine: options.onLine, signal: options.signal });
  });
}

async function layOut(folder: string, source: string): Promise<void> {
  await mkdir(join(folder, HOME));
  await Promise.all(SERVICE_FOLDERS.map((name) => symlink(join(source, name), join(folder, name))));
  await Promise.all(SERVICE_FILES.map((name) => copyFile(join(source, name), join(folder, name))));
}

interface Run {
  readonly folder: string;
  readonly environment: Record<string, string>;
  readonly onLine: ServerlessOptions['onLine'];
  readonly signal: AbortSignal | undefined;
}

async function run(args: readonly string[], { folder, environment, onLine, signal }: Run): Promise<void> {
  const child = spawn(process.execPath, [EXECUTABLE, ...args], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      const telling = tellingPart(line);
      if (telling !== undefined) onLine?.(telling);
    });
  }
  signal?.addEventListener('abort', () => child.kill());
  const [code] = await once(child, 'close');
  if (code === 0) return;
  signal?.throwIfAborted();
  // A damaged schema may be the cause of the failure, so the next run compiles the schemas again.
  await rm(SCHEMAS, { recursive: true, force: true });
  throw frameworkFailure(args, code, lines);
}

/** The framework gets its own home and temporary folder, which are removed with the run. */
function environmentFor(endpoint: string, folder: string): Record<string, string> {
  const home = join(folder, HOME);
  return {
    ...sealedEnvironment(process.env, endpoint),
    HOME: home,
    USERPROFILE: home,
    TMPDIR: home,
    TEMP: home,
    TMP: home,
    SLS_SCHEMA_CACHE_BASE_DIR: CACHE,
    // How often the framework asks for the stack's progress, in milliseconds: the embedded AWS has no quota on it.
    SLS_AWS_MONITORING_FREQUENCY: '100',
    // Removing detaches every plan at once and must wait out the quota of one UpdateUsagePlan call per 20 s.
    SLS_AWS_REQUEST_MAX_RETRIES: '29',
    SLS_INTERACTIVE_SETUP_ENABLE: '0',
    FORCE_COLOR: '0',
    CI: '1',
  };
}

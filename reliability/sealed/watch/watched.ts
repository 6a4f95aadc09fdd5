import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startDecoy } from './decoy.ts';
import { type HostileEnvironment, hostileEnvironments, layOut, sprungTraps } from './environments.ts';
import { departures, foreignSignatures, ownSignatures, readJournal } from './journal.ts';

/** What a program left when it ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a program and its children did that sealed ones never do. */
export interface Misdeeds {
  /** Connections and name look-ups that would have left the machine. */
  readonly departures: number;
  /** Requests and signatures with a key, secret or token of the user's. */
  readonly foreignSignatures: number;
  /** Connections to the proxy or endpoint that only the user's settings name. */
  readonly decoyConnections: number;
  /** What ran or was written although it should not. */
  readonly traps: readonly string[];
}

export interface Watched extends Ended {
  readonly misdeeds: Misdeeds;
  /** Requests with our own keys. */
  readonly ownSignatures: number;
}

export const NO_MISDEEDS: Misdeeds = { departures: 0, foreignSignatures: 0, decoyConnections: 0, traps: [] };

/** The names of all environments, in their order. */
export const ENVIRONMENT_NAMES = hostileEnvironments({ folder: '/nowhere', decoy: 'http://127.0.0.1:1' }).map(
  ({ name }) => name,
);

export interface Started {
  /** Node's arguments: a program and its own. */
  readonly command: readonly string[];
  /** The program's environment, made from the hostile one. */
  readonly environment: (hostile: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
}

/** Deploys onto a cloud that is there already, which none of the laptop commands does. */
export function deployCommand(endpoint: string): string[] {
  const script = `import { deployService } from './rehearsal/deploy/deploy.ts'; await deployService({ endpoint: '${endpoint}' });`;
  return ['--input-type=module', '--eval', script];
}

const WATCH = resolve('reliability/sealed/watch/watch.cjs');
const MOST_OUTPUT_BYTES = 1e8;
/** Far more than any command takes: what hangs has failed. */
const TIMEOUT_MS = 1_800_000;

/** Lays out an environment with a decoy, and runs a Node program in it, under the watch, to its end. */
export async function watched(name: string, started: Started): Promise<Watched> {
  const folder = mkdtempSync(join(tmpdir(), 'sealed-'));
  const decoy = await startDecoy();
  try {
    const environment = environmentNamed(name, folder, decoy.url);
    layOut(environment, { folder });
    const journal = join(folder, 'journal');
    const ended = await run(started.command, {
      ...started.environment({ PATH: process.env.PATH ?? '', ...environment.variables }),
      TIDEGATE_WATCH_JOURNAL: journal,
    });
    const seen = readJournal(journal);
    const misdeeds = {
      departures: departures(seen).length,
      foreignSignatures: foreignSignatures(seen).length,
      decoyConnections: decoy.connections(),
      traps: sprungTraps({ folder }),
    };
    return { ...ended, misdeeds, ownSignatures: ownSignatures(seen).length };
  } finally {
    await decoy.close();
    rmSync(folder, { recursive: true });
  }
}

function environmentNamed(name: string, folder: string, decoy: string): HostileEnvironment {
  const environment = hostileEnvironments({ folder, decoy }).find((each) => each.name === name);
  if (!environment) throw new Error(`Expected the name of an environment, found "${name}".`);
  return environment;
}

function run(command: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const options = { env, encoding: 'utf8', maxBuffer: MOST_OUTPUT_BYTES, timeout: TIMEOUT_MS } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--require', WATCH, ...command], options, (error, out, err) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 127) : 0;
      resolve({ code, out, err });
    });
  });
}

import { loopbackOrigin } from './loopback.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** An endpoint without a listener, for processes that must not call AWS. */
export const NOWHERE = 'http://127.0.0.1:1';

/** System variables that programs need: paths, user, language, terminal. */
const SYSTEM =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|LD_LIBRARY_PATH|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|COLORTERM|COLUMNS|NO_COLOR|FORCE_COLOR)$/;
/** System variables on Windows, where names are case-insensitive. */
const WINDOWS =
  /^(PATH|PATHEXT|COMSPEC|SYSTEMROOT|SYSTEMDRIVE|WINDIR|OS|USERNAME|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES|PROGRAMFILES\(X86\)|TEMP|TMP|NUMBER_OF_PROCESSORS|PROCESSOR_ARCHITECTURE|TERM|NO_COLOR|FORCE_COLOR)$/i;
/** Variables of development tools; none of them leads to AWS. */
const TOOLS = /^(CI|GITHUB_ACTIONS|NODE_ENV|JEST_\w+|_*STRYKER_\w+|TIDEGATE_\w+)$/;

/**
 * The environment of every process that the laptop commands, the tests and the benchmarks start: an allow-list of the
 * parent's variables, our own keys, and the endpoint. No other variable of the user is passed on: no profile, key or setting of AWS or
 * the framework, no proxy, no NODE_OPTIONS. (Options on Node's own command line are an explicit act and stay possible.)
 * @throws CommandError when the endpoint is not on this machine.
 */
export function sealedEnvironment(
  parent: Variables,
  endpoint: string,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const nothing = platform === 'win32' ? '\\\\.\\nul' : '/dev/null';
  return {
    ...allowed(parent, platform === 'win32' ? WINDOWS : SYSTEM),
    AWS_ENDPOINT_URL: loopbackOrigin(endpoint),
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: nothing,
    AWS_SHARED_CREDENTIALS_FILE: nothing,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function allowed(parent: Variables, system: RegExp): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) {
    if (value !== undefined && (system.test(name) || TOOLS.test(name))) kept[name] = value;
  }
  return kept;
}

/** Seals this process's own environment, so that an SDK client without an endpoint reaches no server. */
export function sealThisProcess(): void {
  const sealed = sealedEnvironment(process.env, NOWHERE);
  for (const name of Object.keys(process.env)) {
    if (!Object.hasOwn(sealed, name)) delete process.env[name];
  }
  Object.assign(process.env, sealed);
}

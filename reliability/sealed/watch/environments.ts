import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** An environment in which somebody types one of the laptop commands. */
export interface HostileEnvironment {
  readonly name: string;
  /** The variables beside the system's own; with a HOME of its own. */
  readonly variables: Readonly<Record<string, string>>;
  /** Files that these refer to, by their names below the folder of the traps. */
  readonly files: Readonly<Record<string, string>>;
}

/** What an environment is made for. */
export interface Traps {
  /** An empty folder: for the home, and for the traces of what should not run. */
  readonly folder: string;
  /** A listener that nobody should reach. */
  readonly decoy: string;
}

interface Draft {
  readonly name: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** The name of the environment that has everything of all others. */
export const WORST = 'all of them at once';

const KEYS = 'aws_access_key_id = users-key\naws_secret_access_key = users-secret';
const REAL_ROLE = 'arn:aws:iam::111122223333:role/admin';
const TEMPORARY = {
  AWS_ACCESS_KEY_ID: 'users-key',
  AWS_SECRET_ACCESS_KEY: 'users-secret',
  AWS_SESSION_TOKEN: 'users-token',
  AWS_SECURITY_TOKEN: 'users-token',
  AWS_CREDENTIAL_EXPIRATION: '2099-01-01T00:00:00Z',
};

const processTrace = (folder: string) => join(folder, 'credential-process-ran');

const profiles = (processTrace: string, defaults = 'region = eu-west-1') => `
[default]
${defaults}
[profile real]
region = eu-west-1
${KEYS}
[profile elsewhere]
services = real
${KEYS}
[services real]
cloudformation =
  endpoint_url = https://cloudformation.eu-west-1.amazonaws.com
sts =
  endpoint_url = https://sts.eu-west-1.amazonaws.com
[profile ignoring]
ignore_configured_endpoint_urls = true
${KEYS}
[profile single-sign-on]
sso_session = company
sso_account_id = 111122223333
sso_role_name = admin
[sso-session company]
sso_start_url = https://company.awsapps.com/start
sso_region = eu-west-1
[profile role]
role_arn = ${REAL_ROLE}
source_profile = real
[profile process]
credential_process = /bin/sh -c 'echo ran > "${processTrace}"; exit 1'
[profile fips]
use_fips_endpoint = true
${KEYS}
[profile dual-stack]
use_dualstack_endpoint = true
${KEYS}
`;

const profileDrafts: readonly Draft[] = [
  { name: 'a profile', variables: { AWS_PROFILE: 'real' } },
  {
    name: 'a profile, configured endpoints ignored',
    variables: { AWS_PROFILE: 'real', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
  },
  { name: 'a profile that ignores configured endpoints', variables: { AWS_PROFILE: 'ignoring' } },
  {
    name: 'configured endpoints ignored by the default profile',
    files: { 'home/.aws/config': `[default]\nignore_configured_endpoint_urls = true\n${KEYS}\n` },
  },
  { name: 'a profile with a services section', variables: { AWS_PROFILE: 'elsewhere' } },
  { name: 'a profile for single sign-on', variables: { AWS_PROFILE: 'single-sign-on' } },
  { name: 'a profile that assumes a role', variables: { AWS_PROFILE: 'role' } },
  { name: 'a profile that does not exist', variables: { AWS_PROFILE: 'missing' } },
  { name: 'a profile with a credential process', variables: { AWS_PROFILE: 'process' } },
  { name: 'a profile with FIPS endpoints', variables: { AWS_PROFILE: 'fips' } },
  { name: 'a profile with dual-stack endpoints', variables: { AWS_PROFILE: 'dual-stack' } },
  { name: 'AWS_DEFAULT_PROFILE', variables: { AWS_DEFAULT_PROFILE: 'real' } },
  { name: 'AWS_DEV_PROFILE', variables: { AWS_DEV_PROFILE: 'real' } },
  { name: 'default keys in ~/.aws/credentials', files: { 'home/.aws/credentials': `[default]\n${KEYS}\n` } },
];

const keyDrafts: readonly Draft[] = [
  { name: 'temporary credentials', variables: TEMPORARY },
  {
    name: 'AWS_DEV_ACCESS_KEY_ID',
    variables: {
      AWS_DEV_ACCESS_KEY_ID: 'users-key',
      AWS_DEV_SECRET_ACCESS_KEY: 'users-secret',
      AWS_DEV_SESSION_TOKEN: 'users-token',
    },
  },
  {
    name: 'a web identity',
    variables: { AWS_WEB_IDENTITY_TOKEN_FILE: '/etc/hostname', AWS_ROLE_ARN: REAL_ROLE, AWS_PROFILE: 'role' },
  },
];

const endpointDrafts: readonly Draft[] = [
  {
    name: 'endpoints by service',
    variables: {
      AWS_ENDPOINT_URL_CLOUDFORMATION: 'https://cloudformation.us-east-1.amazonaws.com',
      AWS_ENDPOINT_URL_S3: 'https://s3.us-east-1.amazonaws.com',
      AWS_ENDPOINT_URL_STS: 'https://sts.us-east-1.amazonaws.com',
      AWS_ENDPOINT_URL_API_GATEWAY: 'https://apigateway.us-east-1.amazonaws.com',
    },
  },
  { name: 'AWS_USE_FIPS_ENDPOINT', variables: { AWS_USE_FIPS_ENDPOINT: 'true' } },
  { name: 'AWS_USE_DUALSTACK_ENDPOINT', variables: { AWS_USE_DUALSTACK_ENDPOINT: 'true' } },
  { name: 'another Region', variables: { AWS_REGION: 'ap-south-1', AWS_DEFAULT_REGION: 'ap-south-1' } },
];

const toolDrafts: readonly Draft[] = [
  {
    name: "the framework's variables",
    variables: {
      SLS_AWS_REQUEST_MAX_RETRIES: '0',
      SLS_AWS_MONITORING_FREQUENCY: '600000',
      SLS_SCHEMA_CACHE_BASE_DIR: '/dev/null/nowhere',
      SLS_DEPRECATION_NOTIFICATION_MODE: 'error',
      SERVERLESS_PLATFORM_STAGE: 'real',
    },
  },
  {
    name: "the SDK's tuning",
    variables: { AWS_MAX_ATTEMPTS: '1', AWS_RETRY_MODE: 'adaptive', AWS_CLIENT_TIMEOUT: '1', aws_client_timeout: '1' },
  },
  { name: 'a home that cannot be written', variables: { HOME: '/dev/null/nowhere' } },
];

function proxyDrafts(decoy: string): Draft[] {
  const lowerCase = { http_proxy: decoy, https_proxy: decoy, all_proxy: decoy, proxy: decoy, npm_config_proxy: decoy };
  return [
    { name: 'HTTP_PROXY', variables: { HTTP_PROXY: decoy, ...TEMPORARY } },
    { name: 'HTTPS_PROXY', variables: { HTTPS_PROXY: decoy, ...TEMPORARY } },
    { name: 'proxies in lower case', variables: lowerCase },
    { name: "a proxy for Node's own requests", variables: { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: decoy } },
  ];
}

function trapDrafts({ folder, decoy }: Traps): Draft[] {
  const [config, credentials, preload] = [
    join(folder, 'config'),
    join(folder, 'credentials'),
    join(folder, 'preload.cjs'),
  ];
  const defaults = `ignore_configured_endpoint_urls = true\nuse_fips_endpoint = true\n${KEYS}`;
  return [
    {
      name: 'configuration files elsewhere',
      variables: { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials },
      files: { config: profiles(processTrace(folder), defaults), credentials: `[default]\n${KEYS}\n` },
    },
    {
      name: 'credentials of a container',
      variables: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${decoy}/keys`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token' },
    },
    {
      name: 'a metadata service',
      variables: { AWS_EC2_METADATA_SERVICE_ENDPOINT: decoy, AWS_EC2_METADATA_DISABLED: 'false' },
    },
    {
      name: 'NODE_OPTIONS that preload',
      variables: { NODE_OPTIONS: `--require ${preload}` },
      files: { 'preload.cjs': preloadSource(join(folder, 'preloaded')) },
    },
  ];
}

/** Leaves a trace in the framework, not in what the user starts, where the user's NODE_OPTIONS are the user's own act. */
const preloadSource = (trace: string) => `
const program = process.argv[1] ?? '';
if (program.includes('serverless')) require('node:fs').appendFileSync(${JSON.stringify(trace)}, program);
`;

/** The environments that were reported or may be expected; the last, `WORST`, is all of them at once. */
export function hostileEnvironments(traps: Traps): HostileEnvironment[] {
  const drafts = [
    ...profileDrafts,
    ...keyDrafts,
    ...endpointDrafts,
    ...toolDrafts,
    ...proxyDrafts(traps.decoy),
    ...trapDrafts(traps),
  ];
  const home = join(traps.folder, 'home');
  const config = profiles(processTrace(traps.folder));
  const usual = { HOME: home, USERPROFILE: home };
  return [...drafts, worstOf(drafts)].map(({ name, variables, files }) => ({
    name,
    variables: { ...usual, ...variables },
    files: { 'home/.aws/config': config, ...files },
  }));
}

function worstOf(drafts: readonly Draft[]): Draft {
  const variables = Object.assign({}, ...drafts.map((draft) => draft.variables)) as Record<string, string>;
  const files = Object.assign({}, ...drafts.map((draft) => draft.files)) as Record<string, string>;
  return { name: WORST, variables: { ...variables, AWS_PROFILE: 'real', AWS_DEV_PROFILE: 'ignoring' }, files };
}

/** Writes what an environment refers to, into the folder that it was made for. */
export function layOut(environment: HostileEnvironment, { folder }: Pick<Traps, 'folder'>): void {
  for (const [name, content] of Object.entries(environment.files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Traces of what should not have run (the credential process, a preloaded module), and what was written to the home. */
export function sprungTraps({ folder }: Pick<Traps, 'folder'>): string[] {
  const traces = ['credential-process-ran', 'preloaded'].filter((name) => existsSync(join(folder, name)));
  const written = readdirSync(join(folder, 'home')).filter((name) => name !== '.aws');
  return [...traces, ...written.map((name) => `home/${name}`)];
}

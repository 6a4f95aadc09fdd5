import { sealedEnvironment } from '../../../rehearsal/deploy/sealed-environment.ts';
import { hostileEnvironments } from '../../../reliability/sealed/watch/environments.ts';

const ENDPOINT = 'http://127.0.0.1:4566';
const OURS = {
  AWS_ENDPOINT_URL: ENDPOINT,
  AWS_ACCESS_KEY_ID: 'developer',
  AWS_SECRET_ACCESS_KEY: 'developer',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const hostile = hostileEnvironments({ folder: '/home/me', decoy: 'http://127.0.0.1:3128' });

test('there are enough environments to try, each with a name of its own', () => {
  expect(new Set(hostile.map(({ name }) => name)).size).toBe(hostile.length);
  expect(hostile.length).toBeGreaterThanOrEqual(20);
});

test.each(hostile)('of $name nothing gets in but the home', ({ variables }) => {
  const { HOME = '' } = variables;
  expect(sealedEnvironment({ PATH: '/bin', ...variables }, ENDPOINT, 'linux')).toEqual({ PATH: '/bin', HOME, ...OURS });
});

test('what programs need of the system gets in', () => {
  const system = {
    PATH: '/bin',
    HOME: '/home/me',
    TMPDIR: '/scratch',
    LANG: 'en_US.UTF-8',
    LC_ALL: 'C',
    TERM: 'xterm',
    NO_COLOR: '1',
    CI: 'true',
    NODE_ENV: 'test',
    TIDEGATE_DATA: '/data',
  };
  expect(sealedEnvironment({ ...system, EDITOR: 'vi', path: '/evil' }, ENDPOINT, 'linux')).toEqual({
    ...system,
    ...OURS,
  });
});

test('on Windows names have no case, and the null device another name', () => {
  const system = {
    Path: 'C:\\bin',
    SystemRoot: 'C:\\Windows',
    ComSpec: 'cmd.exe',
    Temp: 'C:\\Temp',
    APPDATA: 'C:\\me',
  };
  const nothing = { AWS_CONFIG_FILE: '\\\\.\\nul', AWS_SHARED_CREDENTIALS_FILE: '\\\\.\\nul' };
  const user = { Aws_Profile: 'real', Http_Proxy: 'http://proxy', Node_Options: '--require evil' };
  expect(sealedEnvironment({ ...system, ...user }, ENDPOINT, 'win32')).toEqual({ ...system, ...OURS, ...nothing });
});

test.each([
  'https://cloudformation.us-east-1.amazonaws.com',
  'http://10.0.0.1:4566',
  'http://0.0.0.0:4566',
  'http://127.0.0.1@example.com',
  'http://127.0.0.1.example.com',
  'http://localhost.example.com:4566',
  'https://127.0.0.1:4566',
  'http://[::ffff:10.0.0.1]:4566',
  '127.0.0.1:4566',
  '',
])('the endpoint "%s" is refused by name, with what to do instead', (endpoint) => {
  expect(() => sealedEnvironment({}, endpoint)).toThrow(
    `AWS_ENDPOINT_URL: expected an address on this machine, such as http://127.0.0.1:4566, found "${endpoint}". ` +
      'This command works on the embedded AWS only; for a real account run "npx sls deploy" or "npx sls remove".',
  );
});

test.each([
  'http://127.0.0.1:4566',
  'http://127.8.9.1:80',
  'http://localhost:4566',
  'http://[::1]:4566',
  'http://127.1:1',
])('the endpoint %s is of this machine', (endpoint) => {
  expect(sealedEnvironment({}, endpoint).AWS_ENDPOINT_URL).toBe(new URL(endpoint).origin);
});

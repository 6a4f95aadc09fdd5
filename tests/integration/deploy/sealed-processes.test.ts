import type { Cloud } from '@tidegate/embedded-aws';
import { startCloud } from '../../../embedded-aws/tests/support/cloud.ts';
import { sealedEnvironment } from '../../../rehearsal/deploy/sealed-environment.ts';
import { WORST } from '../../../reliability/sealed/watch/environments.ts';
import { ENVIRONMENT_NAMES, NO_MISDEEDS, watched } from '../../../reliability/sealed/watch/watched.ts';

/** A process that calls AWS as the framework does, under every environment, in the environment that we build of it. */
const command = ['tests/support/sealed/probe.cjs'];

let cloud: Cloud;
beforeAll(async () => {
  cloud = (await startCloud()).cloud;
});
afterAll(() => cloud.close());

test.each(ENVIRONMENT_NAMES)('under %s a process of ours stays on the machine, with our keys', async (name) => {
  const environment = (hostile: Readonly<Record<string, string>>) => sealedEnvironment(hostile, cloud.endpoint);
  const { out, err, ...ended } = await watched(name, { command, environment });
  expect({ ...ended, err }).toEqual({ code: 0, err: '', misdeeds: NO_MISDEEDS, ownSignatures: 1 });
  expect(out.trim()).toBe('arn:aws:iam::123456789012:user/developer');
});

describe('the watch itself sees, where the environment is the user’s,', () => {
  const unsealed = (hostile: Readonly<Record<string, string>>) => ({ ...hostile, AWS_ENDPOINT_URL: cloud.endpoint });

  test('what leaves the machine', async () => {
    const name = 'a profile, configured endpoints ignored';
    const { code, misdeeds } = await watched(name, { command, environment: unsealed });
    expect(code).toBe(1);
    expect(misdeeds.departures).toBeGreaterThan(0);
  });

  test('signatures with the user’s key', async () => {
    const { misdeeds } = await watched('a profile', { command, environment: unsealed });
    expect(misdeeds.foreignSignatures).toBeGreaterThan(0);
  });

  test('a proxy, and the credential process', async () => {
    const { misdeeds } = await watched('HTTP_PROXY', { command, environment: unsealed });
    expect(misdeeds.decoyConnections).toBeGreaterThan(0);
    const { misdeeds: ofProcess } = await watched('a profile with a credential process', {
      command,
      environment: unsealed,
    });
    expect(ofProcess.traps).toEqual(['credential-process-ran']);
  });

  test('its children, whatever environment they are given', async () => {
    const script = `require('node:child_process').spawnSync(process.execPath, ['-e', 'fetch("http://192.0.2.1")'], { env: {} })`;
    const { misdeeds } = await watched(WORST, { command: ['-e', script], environment: ({ PATH = '' }) => ({ PATH }) });
    expect(misdeeds.departures).toBe(1);
  });
});

import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCloud } from '@tidegate/embedded-aws';
import { startCloud } from '../../../embedded-aws/tests/support/cloud.ts';
import { removeService } from '../../../rehearsal/deploy/deploy.ts';
import { expectIdleEmbeddedAws, watchEndpoint } from '../../../rehearsal/deploy/handshake-client.ts';
import { serverless } from '../../../rehearsal/deploy/serverless.ts';
import type { Ended } from '../../../reliability/sealed/watch/watched.ts';

/** Something else than the embedded AWS, which remembers every request and answers it politely. */
let server: Server;
let requests: string[];
let url: string;
beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.end('{"name":"another-cloud"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** Runs a laptop command to its end. */
function typed(command: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const env = { ...process.env, ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env, encoding: 'utf8' }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

describe('npm run remove', () => {
  test('refuses an endpoint that is not on this machine, before it does anything', async () => {
    const AWS_ENDPOINT_URL = 'https://cloudformation.us-east-1.amazonaws.com';
    expect(await typed(['rehearsal/remove.ts'], { AWS_ENDPOINT_URL })).toEqual({
      code: 1,
      out: '',
      err:
        `AWS_ENDPOINT_URL: expected an address on this machine, such as http://127.0.0.1:4566, found "${AWS_ENDPOINT_URL}". ` +
        'This command works on the embedded AWS only; for a real account run "npx sls deploy" or "npx sls remove".\n',
    });
  });

  test('asks what listens only whether it is the embedded AWS, and removes nothing when it is not', async () => {
    expect(await typed(['rehearsal/remove.ts'], { AWS_ENDPOINT_URL: url })).toEqual({
      code: 1,
      out: '',
      err:
        `What listens at ${url} is not the embedded AWS: nothing was removed. ` +
        'Set AWS_ENDPOINT_URL to the address that "npm start" prints.\n',
    });
    expect(requests).toEqual(['GET /_tidegate/embedded-aws']);
  });

  test('says so when nothing listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    await expect(removeService({ endpoint: url })).rejects.toMatchObject({
      name: 'CommandError',
      message:
        `Nothing answers at ${url} (connect ECONNREFUSED ${url.slice('http://'.length)}): nothing was removed. ` +
        'Run "npm start" first, or set AWS_ENDPOINT_URL to the address that it prints.',
    });
  });

  test('knows the embedded AWS', async () => {
    const { cloud } = await startCloud();
    await expect(expectIdleEmbeddedAws(cloud.endpoint)).resolves.toBeUndefined();
    await cloud.close();
  });

  test('refuses in one sentence while an incident is being played', async () => {
    const cloud = await createCloud({ seed: 1, port: 0, isPlaying: () => true });
    const { endpoint } = cloud;
    await expect(removeService({ endpoint })).rejects.toMatchObject({
      name: 'CommandError',
      message: `An incident is being played at ${endpoint}: nothing was removed. Wait for its end, or press Ctrl-C in its terminal.`,
    });
    await cloud.close();
  });

  test('has nothing to do where nothing is deployed, and says so', async () => {
    const { cloud } = await startCloud();
    const { endpoint } = cloud;
    const lines: string[] = [];
    await removeService({ endpoint, onLine: (line) => void lines.push(line) });
    expect(lines).toEqual([`Nothing is deployed at ${endpoint} on stage dev: nothing to remove.`]);
    await cloud.close();
  });

  test('ends when the embedded AWS ends, however often the framework would try again', async () => {
    const watch = watchEndpoint(url);
    await new Promise((resolve) => server.close(resolve));
    const running = serverless(['remove', '--stage', 'dev'], { endpoint: url, signal: watch.signal });
    await expect(running).rejects.toThrow(`The embedded AWS at ${url} ended during the removal.`);
    watch.stop();
  });
});

test('npm start says in one sentence that its port is in use', async () => {
  const port = new URL(url).port;
  expect(await typed(['rehearsal/start.ts', '--once', '--port', port])).toEqual({
    code: 1,
    out: '',
    err: `Port ${port} of 127.0.0.1 is in use, perhaps by another "npm start". Fix: choose another with "npm start -- --port 0".\n`,
  });
});

test('a command whose build fails ends: esbuild does not keep the framework waiting', async () => {
  // What serverless-esbuild does, then what the framework does of its own accord once a command failed: nothing more.
  const script = `
    import { context } from 'esbuild';
    import StopEsbuild from './config/plugins/stop-esbuild.js';
    const build = await context({ stdin: { contents: 'not a program' }, write: false, logLevel: 'silent' });
    await build.rebuild().catch(() => new StopEsbuild().hooks.error());
    process.exitCode = 1;`;
  expect(await typed(['--input-type=module', '--eval', script])).toEqual({ code: 1, out: '', err: '' });
});

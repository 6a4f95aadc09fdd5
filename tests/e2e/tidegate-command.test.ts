import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { runCommand } from '../../cli/command.ts';
import { typed } from '../support/e2e/command-line.ts';
import { asDeveloper, type Deployed, live } from '../support/e2e/deployed.ts';
import { stageLimit } from '../support/e2e/gateway.ts';
import { deployedInProcess } from '../support/e2e/in-process-deploy.ts';

const OVERRIDE = '/tidegate/dev/overrides/default';
const PROGRAM = join(__dirname, '../../cli/tidegate.ts');

let target: Deployed;
beforeAll(async () => {
  target = await deployedInProcess();
  await live(target.cloud, 90);
}, 60_000);
afterAll(() => target.cloud.close());

/** Types `tidegate …` into a shell, and lets the cloud live for a few seconds. */
async function tidegate(...words: readonly string[]) {
  const ended = await typed(target.cloud.endpoint, process.execPath, PROGRAM, ...words);
  await live(target.cloud, 3);
  return { ...ended, lines: ended.out.trimEnd().split('\n') };
}

async function document(): Promise<unknown> {
  const input = { Name: OVERRIDE };
  const { Parameter } = await asDeveloper<{ Parameter: { Value: string } }>(target.cloud, 'ssm', 'GetParameter', input);
  return JSON.parse(Parameter.Value);
}

/** `tidegate status` at the cloud's own time, which is not the wall's. */
async function status(): Promise<string> {
  const lines: string[] = [];
  const client = { endpoint: target.cloud.endpoint, credentials: { accessKeyId: 'developer', secretAccessKey: 'x' } };
  const code = await runCommand(['status'], {
    ssm: (region) => new SSMClient({ region, ...client }),
    dynamoDb: (region) => new DynamoDBClient({ region, ...client }),
    now: () => target.cloud.clock.now(),
    environment: {},
    say: (line) => void lines.push(line),
    complain: (line) => void lines.push(line),
  });
  expect(code).toBe(0);
  return lines.join('\n');
}

test('nothing to resume, and what is in force', async () => {
  expect(await tidegate('resume')).toMatchObject({
    code: 0,
    out: `Nothing to resume: there is no parameter ${OVERRIDE}.\n`,
  });
  expect(await tidegate('status', '--json')).toMatchObject({ code: 0 });
  const words = await status();
  expect(words).toContain(`API       ${target.service.apiId}/dev`);
  expect(words).toMatch(/^Policy {4}active version 1$/m);
  expect(words).toMatch(/^Override {2}none$/m);
  expect(words).toMatch(/^Stage {5}\*\/\* 2000\/\d+/m);
}, 60_000);

test('kill, then what is in force', async () => {
  const killed = await tidegate('kill', '--reason', 'fire');
  expect(killed.lines).toEqual([
    `kill: ${OVERRIDE} version 1.`,
    'Control carries it out within seconds; see: tidegate status',
  ]);
  expect(stageLimit(target)).toEqual({ rateRps: 100, burst: 25 });
  const words = await status();
  expect(words).toMatch(/^Override {2}kill, version 1, put .*Z by arn:aws:iam::123456789012:root$/m);
  expect(words).toMatch(/^Decision {2}brake \(override-kill\), \d+ s ago, mode enforce, stage written$/m);
}, 60_000);

test('pin, which replaces it, and resume', async () => {
  const pinned = await tidegate(
    'pin',
    'stage=300/30',
    'basic=20/40',
    '--until',
    '2099-01-01T00:00:00Z',
    '--nag-after',
    '2h',
  );
  expect(pinned.lines[0]).toBe(`pin: ${OVERRIDE} version 2.`);
  expect(pinned.lines[1]).toMatch(/^It replaces kill \(version 1, put \d{4}-.*Z\)\.$/);
  expect(await document()).toEqual({
    action: 'pin',
    until: '2099-01-01T00:00:00Z',
    stage: { rateRps: 300, burst: 30 },
    tiers: { basic: { rateRps: 20, burst: 40 } },
    nagAfterSeconds: 7200,
  });
  expect(stageLimit(target)).toEqual({ rateRps: 300, burst: 30 });
  expect((await tidegate('resume', '--reason', 'all is well')).code).toBe(0);
  expect(await document()).toEqual({ action: 'resume', reason: 'all is well' });
}, 60_000);

test('a name that no policy has is refused before anything is written', async () => {
  const refused = await tidegate('kill', '--name', 'defualt');
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toBe('--name: no policy is called "defualt"; the policies of this stage: default.\n');
}, 60_000);

test('a refused policy and a refused override are shown with what is in force in their place', async () => {
  for (const name of ['policies', 'overrides']) {
    const input = {
      Name: `/tidegate/dev/${name}/default`,
      Value: '{"api":1,"acton":2}',
      Type: 'String',
      Overwrite: true,
    };
    await asDeveloper(target.cloud, 'ssm', 'PutParameter', input);
  }
  await live(target.cloud, 65);
  const words = await status();
  expect(words).toContain('Policy    active version 1, newest 2 refused: The policy was refused: 2 problems.');
  expect(words).toMatch(/^Override {2}resume, version 3, .*; newest 4 refused: The override was refused/m);
  expect(words).toContain('action: expected one of "pause", "pin", "kill", "resume"');
}, 60_000);

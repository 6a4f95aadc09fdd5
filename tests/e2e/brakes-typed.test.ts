import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import { onPath, typed } from '../support/e2e/command-line.ts';
import { decisionsSince } from '../support/e2e/decisions.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { stageLimit, writeStage } from '../support/e2e/gateway.ts';

/** The four brakes as an operator types them, with the real `aws` where the machine has one. */
const aws = onPath('aws');
const SPOKEN = aws ? 'typed with the aws command line' : 'no aws on PATH: the same calls without the command line';
const OVERRIDE = '/tidegate/dev/overrides/default';
jest.setTimeout(120_000);

let target: Deployed;
beforeAll(async () => {
  target = await deployedInProcess();
  await live(target.cloud, 90);
});
afterAll(() => target.cloud.close());

/** `aws <service> <operation> <options>`: what it prints, as text. */
async function ask(service: string, operation: string, options: Readonly<Record<string, string>>, query: string) {
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === '' ? [`--${name}`] : [`--${name}`, value],
  );
  const all = [service, operation, ...words, '--query', query, '--output', 'text'];
  const { code, out, err } = await typed(
    target.cloud.endpoint,
    aws ?? '',
    ...all,
    '--endpoint-url',
    target.cloud.endpoint,
  );
  if (code !== 0) throw new Error(`aws ${all.join(' ')}: ${err}`);
  return out.trim();
}

async function put(value: string): Promise<string> {
  if (aws) {
    const options = { name: OVERRIDE, type: 'String', overwrite: '', value };
    return await ask('ssm', 'put-parameter', options, 'Version');
  }
  const input = { Name: OVERRIDE, Type: 'String', Overwrite: true, Value: value };
  return String((await asDeveloper<{ Version: number }>(target.cloud, 'ssm', 'PutParameter', input)).Version);
}

/** The stage's rate and burst as AWS tells them. */
async function stage(): Promise<string> {
  const { apiId, stageName } = target.service;
  if (!aws) {
    const { rateRps, burst } = stageLimit(target) ?? {};
    return `${rateRps}/${burst}`;
  }
  const query = 'methodSettings."*/*".[throttlingRateLimit,throttlingBurstLimit]';
  const told = await ask('apigateway', 'get-stage', { 'rest-api-id': apiId, 'stage-name': stageName }, query);
  return told.split('\t').map(Number).join('/');
}

/** Puts, lives for a while, and tells what an operator would then look at: what was decided of it, and the stage. */
async function transcript(value: string, seconds = 3): Promise<string[]> {
  const sinceMs = target.cloud.clock.now();
  const version = await put(value);
  await live(target.cloud, seconds);
  const decisions = (await decisionsSince(target, sinceMs)).filter(({ rule }) => rule.startsWith('override'));
  const rules = decisions.map(({ rule, kind, stageOutcome }) => `${rule} ${kind} ${stageOutcome}`);
  return [`version ${version}`, ...new Set(rules.sort()), `stage ${await stage()}`];
}

test(`pause, pin, kill and resume, ${SPOKEN}`, async () => {
  expect(await transcript('{"action":"pause","reason":"a migration"}')).toEqual([
    'version 1',
    'override-pause hold not-enforced',
    'override-pause-ordered hold unchanged',
    'stage 2000/60',
  ]);
  await writeStage(target, { rateRps: 1200, burst: 36 });
  const until = new Date(target.cloud.clock.now() + 120_000).toISOString();
  expect(await transcript(`{"action":"pin","until":"${until}","stage":{"rateRps":500,"burst":20}}`)).toEqual([
    'version 2',
    'override-pin tighten written',
    'override-pin-ordered hold unchanged',
    'stage 500/20',
  ]);
  expect(await transcript('{"action":"kill","reason":"fire"}')).toEqual([
    'version 3',
    'override-kill brake written',
    'override-kill-ordered hold unchanged',
    'stage 100/20',
  ]);
  expect(await transcript('{"action":"rezume"}')).toEqual([
    'version 4',
    'override-kill hold unchanged',
    'override-rejected hold unchanged',
    'stage 100/20',
  ]);
  expect(await transcript('{"action":"resume"}', 1200)).toEqual([
    'version 5',
    'override-over hold unchanged',
    'override-over relax written',
    'override-resume-ordered hold unchanged',
    'stage 2000/60',
  ]);
});

test('who did it, and when, is in the record', async () => {
  const orders = (await decisionsSince(target, 0)).filter(({ rule }) => rule.endsWith('-ordered'));
  expect(orders.map(({ rule }) => rule)).toEqual(
    ['pause', 'pin', 'kill', 'resume'].map((each) => `override-${each}-ordered`),
  );
  for (const { reason } of orders) {
    expect(reason).toMatch(
      /^\/tidegate\/dev\/overrides\/default: "\w+" was put by arn:aws:iam::\d+:\w+ at \d{4}-\d\d-\d\dT.*Z, version \d/,
    );
  }
});

test('nothing went wrong unseen', () => {
  expect(target.failures).toEqual([]);
});

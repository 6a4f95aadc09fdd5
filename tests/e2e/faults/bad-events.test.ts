import { DEVELOPER } from '@tidegate/embedded-aws/kernel';
import { packagedStack } from '../../../rehearsal/deploy/in-process-deploy.ts';
import { openScene, SCALE, type Scene } from '../../../reliability/faults/scene.ts';
import {
  type BrokenEvent,
  generatedBrokenEvents,
  knownBrokenEvents,
  POISON,
} from '../../support/faults/broken-events.ts';

const EVENTS = [...knownBrokenEvents(), ...generatedBrokenEvents(1, 160)];
/** Says where, what was expected, what was found and how to fix it. */
const REFUSAL = /^[\w().: -]+: expected .+; found .+\. Fix: .+\.$/;

interface Outcome extends BrokenEvent {
  readonly functionError: string | undefined;
  readonly log: string;
}

let scene: Scene;
const outcomes: Outcome[] = [];
let writesBefore: number;

async function send({ functionName, event }: BrokenEvent): Promise<Outcome> {
  const { aws, clock } = scene.cloud;
  const output = await aws.call<{ FunctionError?: string; LogResult: string }>(DEVELOPER, 'lambda', 'Invoke', {
    FunctionName: `tidegate-dev-${functionName}`,
    Payload: Buffer.from(JSON.stringify(event) ?? 'null'),
    LogType: 'Tail',
  });
  // Management calls are few, also for who only looks.
  await clock.runUntil(clock.now() + 500);
  const log = Buffer.from(output.LogResult, 'base64').toString('utf8');
  return { functionName, event, functionError: output.FunctionError, log };
}

beforeAll(async () => {
  scene = await openScene(await packagedStack(SCALE));
  const { clock } = scene.cloud;
  await clock.runUntil(clock.now() + 130_000);
  writesBefore = scene.record.writes.length;
  for (const event of EVENTS) outcomes.push(await send(event));
}, 120_000);
afterAll(() => scene.cloud.close());

/** The refusals in a log: what each warning says why. */
function refusals({ log }: Outcome): string[] {
  return log.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const { level, why } = JSON.parse(line) as { level?: string; why?: unknown };
    return level === 'WARN' && typeof why === 'string' ? [why] : [];
  });
}

test('there are more than two hundred broken events, for every function', () => {
  expect(EVENTS.length).toBeGreaterThan(200);
  expect(new Set(EVENTS.map(({ functionName }) => functionName)).size).toBe(5);
});

test('none of them changes a limit, breaks a function, or is thrown into the dead letters', () => {
  expect(scene.record.writes.slice(writesBefore)).toEqual([]);
  expect(outcomes.filter(({ functionError }) => functionError !== undefined)).toEqual([]);
  expect(scene.failures).toEqual([]);
});

test('every refusal names its path, what was expected and found, and how to fix it', () => {
  const all = outcomes.flatMap(refusals);
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter((why) => !REFUSAL.test(why))).toEqual([]);
});

test.each(['control', 'telemetry', 'planWriter'] as const)('%s refuses whatever is known to be broken', (name) => {
  const known = outcomes.slice(0, knownBrokenEvents().length).filter(({ functionName }) => functionName === name);
  const silent = known.filter((outcome) => refusals(outcome).length === 0).map(({ event }) => JSON.stringify(event));
  expect(silent).toEqual([]);
});

test('what a stranger writes is never repeated in a log', () => {
  expect(outcomes.filter(({ log }) => log.includes(POISON)).map(({ event }) => JSON.stringify(event))).toEqual([]);
});

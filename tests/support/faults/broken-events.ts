import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** A function of the service by the last part of its name, and an event that nobody should ever send it. */
export interface BrokenEvent {
  readonly functionName: 'control' | 'telemetry' | 'planWriter' | 'keyDirectory' | 'failSafe';
  readonly event: unknown;
}

/** Stands in lines and texts that must never be found in a log. */
export const POISON = 'PoisonedByAnybody';

const SCHEDULE = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
const ALARM = {
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: 'tidegate-dev-backend-latency', state: { value: 'ALARM' } },
};
const PARAMETER = {
  source: 'aws.ssm',
  'detail-type': 'Parameter Store Change',
  detail: { name: '/tidegate/dev/policies/default', operation: 'Update' },
};
const LOOK_NOW = {
  source: 'tidegate.telemetry',
  'detail-type': 'Tidegate Look Now',
  detail: { apiId: 'abc123', stage: 'dev', reason: 'throttled' },
};
const WAKE_UP = { Records: [{ messageId: 'm-1', body: '{}', attributes: { ApproximateReceiveCount: '1' } }] };

const packed = (payload: unknown) => ({ awslogs: { data: gzipSync(JSON.stringify(payload)).toString('base64') } });
const batch = (...messages: unknown[]) =>
  packed({
    messageType: 'DATA_MESSAGE',
    logStream: 's',
    logEvents: messages.map((message, index) => ({ id: String(index), timestamp: 1_924_992_000_000, message })),
  });

/** Nothing that anybody could take for an event. */
const NOTHINGS: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  '',
  POISON,
  [],
  [null],
  {},
  { Records: null },
  { a: { b: 1 } },
];

const CONTROL: readonly unknown[] = [
  { ...SCHEDULE, source: 'aws.event' },
  { ...SCHEDULE, source: POISON },
  { ...SCHEDULE, source: ['aws.events'] },
  { ...SCHEDULE, 'detail-type': 'scheduled event' },
  { ...ALARM, detail: null },
  { ...ALARM, detail: { alarmName: 5, state: { value: 'ALARM' } } },
  { ...ALARM, detail: { alarmName: POISON } },
  { ...ALARM, detail: { alarmName: POISON, state: 'ALARM' } },
  { ...PARAMETER, detail: { name: ['/tidegate/dev/switch'], operation: 'Update' } },
  { ...PARAMETER, detail: { operation: 'Update' } },
  { ...LOOK_NOW, detail: { apiId: {}, stage: 'dev', reason: POISON } },
  { ...LOOK_NOW, detail: 'now' },
  { limits: { stage: { '*/*': { rateRps: 0, burst: 0 } } } },
  { desired: { stage: { '*/*': { rateRps: 1e9, burst: 1e9 } } }, trigger: 'schedule' },
  JSON.parse('{"__proto__":{"source":"aws.events","detail-type":"Scheduled Event"}}'),
];

const TELEMETRY: readonly unknown[] = [
  { awslogs: null },
  { awslogs: { data: 5 } },
  { awslogs: { data: '' } },
  { awslogs: { data: 'not base 64 at all: %%%' } },
  { awslogs: { data: Buffer.from('{"messageType":"DATA_MESSAGE"}').toString('base64') } },
  { awslogs: { data: gzipSync('half of it').subarray(0, 12).toString('base64') } },
  { awslogs: { data: gzipSync('no JSON').toString('base64') } },
  { awslogs: { data: gzipSync(Buffer.alloc(80 * 1024 * 1024)).toString('base64') } },
  packed(null),
  packed([]),
  packed(POISON),
  packed({ messageType: 'CONTROL_MESSAGE', logEvents: [] }),
  packed({ messageType: 'DATA_MESSAGE' }),
  packed({ messageType: 'DATA_MESSAGE', logEvents: { length: 3 } }),
  packed({ messageType: 'DATA_MESSAGE', logEvents: [null, 5, 'x', {}, []] }),
  batch(POISON),
  batch('{"apiId":"../../etc","stage":"dev"}', '{}', 'null', '[]', '"', '{"status":"200"'),
  batch(`{"apiId":"abc","stage":"dev","status":"0","resourcePath":"${POISON}"}`),
  batch(`{"apiId":"abc","stage":"dev\\n\\nERROR ${POISON}","status":"200","httpMethod":"GET","resourcePath":"/"}`),
  batch(...Array.from({ length: 500 }, (_, index) => `{"line":${index},"apiKey":"${POISON}"}`)),
];

const PLAN_WRITER: readonly unknown[] = [
  { Records: {} },
  { Records: 'x' },
  { Records: [null, 1, 'x', []] },
  { Records: [{ body: '{"kind":"wake-up"}' }] },
  { Records: [{ messageId: 7 }] },
  { Records: [{ messageId: null, attributes: null }] },
];

/** Events that people have thought of. */
export function knownBrokenEvents(): BrokenEvent[] {
  const all = { control: CONTROL, telemetry: TELEMETRY, planWriter: PLAN_WRITER, keyDirectory: [], failSafe: [] };
  return Object.entries(all).flatMap(([functionName, events]) =>
    [...NOTHINGS, ...events].map((event) => ({ functionName, event }) as BrokenEvent),
  );
}

/** What an event was made of before it broke. */
const SOUND: readonly (readonly [BrokenEvent['functionName'], object])[] = [
  ['control', SCHEDULE],
  ['control', ALARM],
  ['control', PARAMETER],
  ['control', LOOK_NOW],
  ['telemetry', batch('{}')],
  ['planWriter', WAKE_UP],
];

const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(null, 0, -1, 1e308, '', POISON, [], {}, true),
);

/** Sound events with something in them taken away or replaced, and events of no form at all. */
export function generatedBrokenEvents(seed: number, count: number): BrokenEvent[] {
  const changed = fc
    .tuple(fc.constantFrom(...SOUND), fc.nat(), junk, fc.boolean())
    .map(([[functionName, event], place, value, isGone]): BrokenEvent => {
      const paths = pathsOf(event);
      return { functionName, event: replaced(event, paths[place % paths.length] ?? [], isGone ? undefined : value) };
    });
  const formless = fc
    .tuple(fc.constantFrom('control', 'telemetry', 'planWriter', 'keyDirectory', 'failSafe'), junk)
    .map(([functionName, event]) => ({ functionName, event }) as BrokenEvent);
  return fc.sample(fc.oneof({ weight: 3, arbitrary: changed }, { weight: 1, arbitrary: formless }), {
    seed,
    numRuns: count,
  });
}

type Path = readonly string[];

function pathsOf(value: unknown, before: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[...before, name], ...pathsOf(inner, [...before, name])]);
}

function replaced(value: unknown, [name, ...rest]: Path, by: unknown): unknown {
  if (name === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[name] = rest.length === 0 ? by : replaced(copy[name], rest, by);
  return copy;
}

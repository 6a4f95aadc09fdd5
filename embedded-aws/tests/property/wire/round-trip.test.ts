import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { seededRandom } from '../../../kernel/random.ts';
import { PROTOCOLS } from '../../../wire/protocols.ts';
import { type OperationModel, serviceModel } from '../../../wire/service-model.ts';
import { loopback, wireTo } from '../../support/wire/loopback.ts';
import { randomValue } from '../../support/wire/shape-values.ts';

interface Client {
  send(command: object): Promise<Record<string, unknown>>;
}
type Constructor<Built> = new (options: object) => Built;

/** What cannot be tried: S3's client addresses it to other services; SQS's query form names two members alike. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  's3 by the SDK': ['ListDirectoryBuckets', 'WriteGetObjectResponse'],
  'sqs by query': ['ReceiveMessage'],
};

const CLOUDWATCH = {
  defaultNamespace: 'com.amazonaws.cloudwatch',
  xmlNamespace: PROTOCOLS.monitoring?.xmlNamespace ?? '',
  version: PROTOCOLS.monitoring?.queryVersion ?? '',
};
const SQS = {
  defaultNamespace: 'com.amazonaws.sqs',
  xmlNamespace: PROTOCOLS.sqs?.xmlNamespace ?? '',
  version: PROTOCOLS.sqs?.queryVersion ?? '',
};

const CASES: readonly (readonly [string, string, object])[] = [
  ...Object.keys(PROTOCOLS).map((name) => [name, 'the SDK', {}] as const),
  ['monitoring', 'CBOR', { protocol: new AwsSmithyRpcV2CborProtocol(CLOUDWATCH) }],
  ['monitoring', 'query', { protocol: new AwsQueryProtocol(CLOUDWATCH) }],
  ['sqs', 'query', { protocol: new AwsQueryProtocol(SQS) }],
];

test.each(CASES)('%s by %s: every operation arrives and returns as it was sent', async (name, style, clientOptions) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      expect(await failuresOf(name, style, clientOptions, seed)).toEqual([]);
    }),
    { numRuns: 1, seed: 20_31 },
  );
});

async function failuresOf(name: string, style: string, clientOptions: object, seed: number): Promise<unknown[]> {
  const model = await serviceModel(name);
  const exports: Record<string, unknown> = { ...(await PROTOCOLS[name]?.load()) };
  const failures: unknown[] = [];
  for (const operation of model?.operations.values() ?? []) {
    if (
      LEFT_OUT[`${name} by ${style}`]?.includes(operation.name) ||
      hasEvents(operation.input) ||
      hasEvents(operation.output)
    )
      continue;
    try {
      await roundTrip(name, operation, exports, clientOptions, seed);
    } catch (error) {
      failures.push(`${operation.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return failures;
}

async function roundTrip(
  name: string,
  operation: OperationModel,
  exports: Record<string, unknown>,
  clientOptions: object,
  seed: number,
): Promise<void> {
  const random = seededRandom(seed);
  const sent = { input: randomMembers(operation.input, random), output: randomMembers(operation.output, random) };
  let arrived: unknown;
  const wire = wireTo(name, ({ input }) => {
    arrived = input;
    return sent.output;
  });
  const client = clientOf(exports, { ...clientOptions, requestHandler: loopback(wire) });
  const Command = exports[`${operation.name}Command`] as Constructor<object>;
  const { $metadata: _, ...returned } = await client.send(new Command(sent.input as object));
  expectSame(name, await plain(arrived), await plain(sent.input));
  expectSame(name, await plain(returned), await plain(sent.output));
}

/** S3's client adds checksums, lengths and the text of dates to what it was given. */
function expectSame(name: string, actual: unknown, wanted: unknown): void {
  if (name === 's3') expect(actual ?? {}).toMatchObject((wanted ?? {}) as object);
  else expect(actual).toEqual(wanted);
}

const randomMembers = (schema: NormalizedSchema, random: () => number): unknown =>
  schema.isUnitSchema() ? {} : randomValue(schema, random);

function clientOf(exports: Record<string, unknown>, options: object): Client {
  const [, Client] = Object.entries(exports).find(([key]) => /^[A-Z]\w*Client$/.test(key) && key !== '__Client') ?? [];
  return new (Client as Constructor<Client>)({
    endpoint: 'http://127.0.0.1',
    region: 'us-east-1',
    maxAttempts: 1,
    forcePathStyle: true,
    // SQS's client compares digests of messages, which are random here.
    md5: false,
    credentials: { accessKeyId: 'developer', secretAccessKey: 'secret' },
    ...options,
  });
}

const hasEvents = (schema: NormalizedSchema): boolean => !schema.isUnitSchema() && schema.getEventStreamMember() !== '';

interface Stream {
  transformToByteArray(): Promise<Uint8Array>;
}

/** Streams read to their end, and what no protocol distinguishes (absent, null, empty) left out. */
async function plain(value: unknown): Promise<unknown> {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof String) return value.toString();
  if (typeof value !== 'object') return value;
  if ('transformToByteArray' in value) return await plain(await (value as Stream).transformToByteArray());
  const entries: [string, unknown][] = [];
  for (const [key, member] of Object.entries(value)) entries.push([key, await plain(member)]);
  const kept = entries.filter(([, member]) => member !== undefined);
  if (kept.length === 0) return undefined;
  return Array.isArray(value) ? kept.map(([, member]) => member) : Object.fromEntries(kept);
}

import type { NormalizedSchema } from '@smithy/core/schema';
import type { Random } from '../../../kernel/random.ts';

const DEEPEST = 4;
const TEXTS = [
  'plain',
  'two words',
  '<a href="x">&amp;</a>',
  'ü€漢字',
  "it's {100%} + 1/2",
  'a.b:c,d;e=f?g#h',
  '0',
  'line\nbreak',
];
/** Whole seconds within this century: what every timestamp format can hold. */
const EARLIEST_S = 1_600_000_000;
const SPAN_S = 900_000_000;
const SUCCESS = 200;

/** A random value of a shape, as a caller of the SDK would give it. Deterministic in `random`. */
export function randomValue(schema: NormalizedSchema, random: Random, depth = 0): unknown {
  if (schema.isStructSchema()) return randomStructure(schema, random, depth);
  if (schema.isListSchema()) return repeat(random, () => randomValue(schema.getValueSchema(), random, depth + 1));
  if (schema.isMapSchema()) {
    return Object.fromEntries(
      repeat(random, () => [`key-${integer(random, 1000)}`, randomValue(schema.getValueSchema(), random, depth + 1)]),
    );
  }
  return randomScalar(schema, random);
}

function randomStructure(schema: NormalizedSchema, random: Random, depth: number): Record<string, unknown> {
  const members = Object.entries(membersOf(schema));
  const required = requiredCount(schema);
  const wanted = schema.isUnionSchema()
    ? [pick(members, random)]
    : members.filter((member, index) => isWanted(member, index < required, random));
  const structure: Record<string, unknown> = {};
  for (const [name, member] of wanted) {
    if (depth >= DEEPEST && !isScalar(member)) continue;
    structure[name] = randomValue(member, random, depth + 1);
  }
  return structure;
}

/** `getMemberSchemas` leaves unions out. */
function membersOf(schema: NormalizedSchema): Record<string, NormalizedSchema> {
  if (!schema.isUnionSchema()) return schema.getMemberSchemas();
  const tuple: unknown = schema.getSchema();
  const names = Array.isArray(tuple) ? (tuple[4] as string[]) : [];
  return Object.fromEntries(names.map((name) => [name, schema.getMemberSchema(name)]));
}

/** A structure lists its required members first and counts them in its seventh place. */
function requiredCount(schema: NormalizedSchema): number {
  const tuple: unknown = schema.getSchema();
  return Array.isArray(tuple) && typeof tuple[6] === 'number' ? tuple[6] : 0;
}

/** Members that the clients check or compute themselves: checksums, keys and their digests, names of hosts. */
const COMPUTED = /^(Checksum.*|.*SSECustomerKey.*|EndpointId|ContentMD5|ExpiresString)$/;

/** What a client would otherwise fill in by itself, or cannot do without, is always given. */
function isWanted([name, member]: [string, NormalizedSchema], isRequired: boolean, random: Random): boolean {
  const { httpLabel, httpPayload, httpResponseCode } = member.getMergedTraits();
  const isNeeded =
    isRequired || httpLabel || httpPayload || httpResponseCode || member.isIdempotencyToken() || name === 'Bucket';
  return !COMPUTED.test(name) && (Boolean(isNeeded) || random() < 0.6);
}

const isScalar = (schema: NormalizedSchema): boolean =>
  !schema.isStructSchema() && !schema.isListSchema() && !schema.isMapSchema();

function randomScalar(schema: NormalizedSchema, random: Random): unknown {
  if (schema.isBooleanSchema()) return random() < 0.5;
  if (schema.getMergedTraits().httpResponseCode) return SUCCESS;
  if (schema.isNumericSchema()) return integer(random, 1_000_000);
  if (schema.isTimestampSchema()) return new Date((EARLIEST_S + integer(random, SPAN_S)) * 1000);
  if (schema.isBlobSchema()) return Uint8Array.from({ length: 12 }, () => integer(random, 256));
  if (schema.isDocumentSchema()) return { nested: [1, 'two'] };
  return randomText(schema, random);
}

function randomText(schema: NormalizedSchema, random: Random): string {
  const { httpHeader, httpPrefixHeaders, mediaType } = schema.getMergedTraits();
  if (schema.isMemberSchema() && schema.getMemberName() === 'Bucket') return `bucket-${integer(random, 1000)}`;
  if (mediaType) return '{"json":true}';
  const isHeader = httpHeader || httpPrefixHeaders !== undefined;
  return `${isHeader ? 'value' : pick(TEXTS, random)}-${integer(random, 1000)}`;
}

function repeat<Item>(random: Random, make: () => Item): Item[] {
  return Array.from({ length: 1 + integer(random, 2) }, make);
}

const integer = (random: Random, below: number): number => Math.floor(random() * below);

function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[integer(random, items.length)];
  if (item === undefined) throw new Error('Nothing to pick from.');
  return item;
}

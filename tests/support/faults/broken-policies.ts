import fc from 'fast-check';

const SOUND = {
  api: 'abc123def4/dev',
  mode: 'enforce',
  objective: { latencyPercentile: 90, latencyMs: 500, errorShare: 0.05 },
  capacity: { floorCups: 10, ceilingCups: 5000 },
  methodCost: { '/orders/POST': 4 },
  tiers: { premium: { weight: 4, floorShare: 0.4, ceilingShare: 1, sacrificeOrder: 3 }, basic: { weight: 1 } },
  guardrails: { largestStepUpShare: 0.25, planWriteSeconds: 20, leastRateRps: 0.1 },
  blind: { afterSeconds: 120, fallbackAfterSeconds: 900, fallback: 'stay' },
};
const SOUND_TEXT = JSON.stringify(SOUND);

/** Documents that people write, or that arrive when something else went wrong. */
const KNOWN: readonly string[] = [
  '',
  ' ',
  'null',
  'true',
  '0',
  '[]',
  '{}',
  '"enforce"',
  'api: abc123def4/dev',
  '<policy/>',
  '{"api":"abc123def4/dev"',
  '{"api":"abc123def4/dev",}',
  '{"api":"abc123def4/dev"}{"api":"abc123def4/dev"}',
  `${SOUND_TEXT} `.repeat(12),
  SOUND_TEXT.replace('"enforce"', '"enforced"'),
  SOUND_TEXT.replace('"enforce"', '"ENFORCE"'),
  SOUND_TEXT.replace('500', '"500"'),
  SOUND_TEXT.replace('500', '1e999'),
  SOUND_TEXT.replace('500', '-500'),
  SOUND_TEXT.replace('500', 'NaN'),
  SOUND_TEXT.replace('500', '0x1F4'),
  SOUND_TEXT.replace('500', '0'),
  SOUND_TEXT.replace('"leastRateRps":0.1', '"leastRateRps":0'),
  SOUND_TEXT.replace('"leastRateRps"', '"leastRate"'),
  SOUND_TEXT.replace('"basic"', '"gold"'),
  SOUND_TEXT.replace('"basic"', '"__proto__"'),
  SOUND_TEXT.replace('"mode":"enforce"', '"mode":"shadow","mode":"enforce"'),
  SOUND_TEXT.replace('"/orders/POST"', '"orders"'),
  SOUND_TEXT.replace('"floorCups":10', '"floorCups":9000'),
  SOUND_TEXT.replace('abc123def4/dev', 'abc123def4/prod'),
  SOUND_TEXT.replace('abc123def4/dev', '../dev'),
  SOUND_TEXT.replace('abc123def4/dev', 'abc123def4'),
  `${'{"a":'.repeat(700)}1${'}'.repeat(700)}`,
];

type Path = readonly string[];

const pathsOf = (value: unknown, before: Path = []): Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => [[...before, name], ...pathsOf(inner, [...before, name])])
    : [];

const PATHS = pathsOf(SOUND);
/** What no field of a policy takes. */
const never = fc.oneof(
  fc.constantFrom<unknown>(null, [], -1, -1e9, 'NaN', '', { a: { b: 1 } }, [[]]),
  fc.array(fc.integer(), { minLength: 1, maxLength: 3 }),
  fc.integer({ max: -1 }),
);

function replaced(value: unknown, [name, ...rest]: Path, by: unknown): unknown {
  if (name === undefined) return by;
  const copy = { ...(value as Record<string, unknown>) };
  copy[name] = rest.length === 0 ? by : replaced(copy[name], rest, by);
  return copy;
}

const wrongValue = fc
  .tuple(fc.constantFrom(...PATHS), never)
  .map(([path, value]) => JSON.stringify(replaced(SOUND, path, value)));
const wrongName = fc
  .tuple(fc.constantFrom(...PATHS), fc.string({ minLength: 1, maxLength: 12 }))
  .map(([path, name]) => JSON.stringify(replaced(SOUND, [...path.slice(0, -1), `x-${name}`], 1)));
const cutOff = fc.integer({ min: 1, max: SOUND_TEXT.length - 1 }).map((length) => SOUND_TEXT.slice(0, length));

/** Broken policy documents: those known, and so many generated ones. */
export function brokenPolicies(seed: number, generated: number): string[] {
  return [...KNOWN, ...fc.sample(fc.oneof(wrongValue, wrongName, cutOff), { seed, numRuns: generated })];
}

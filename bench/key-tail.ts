import { seededRandom } from '@tidegate/embedded-aws/kernel';
import { commandLine } from '../rehearsal/laptop-command.ts';
import { admittedAt, type KeyDemand, waterLevel } from '../shared/law/allocation/water-level.ts';
import { observedDemand } from '../shared/law/telling/observed-demand.ts';
import { emptyCell, emptyWindow, keysOf, TOP_KEYS } from '../shared/telemetry/windows.ts';
import { benchPolicy } from './runner/policy.ts';

/** `npm run bench:key-tail`: what is lost by listing only the busiest keys of a window, in a tier of many keys. */
const KEYS = 10_000;
const TOTAL_RPS = 1000;
const WINDOW_SECONDS = 10;
const EXPONENTS = [0.6, 0.8, 1, 1.2] as const;
const PARTS = [0.3, 0.5, 0.7, 0.9] as const;

function demandOf(exponent: number): KeyDemand[] {
  const weights = Array.from({ length: KEYS }, (_, rank) => (rank + 1) ** -exponent);
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => ({ rps: (TOTAL_RPS * weight) / sum, count: 1, costPerRequest: 1 }));
}

/** A random count (Knuth's method), for small means; a large one hardly differs from its mean. */
function countOf(mean: number, random: () => number): number {
  if (mean > 100) return Math.round(mean);
  let [count, product] = [0, random()];
  while (product > Math.exp(-mean)) {
    count++;
    product *= random();
  }
  return count;
}

commandLine('npm run bench:key-tail')
  .description('Shows how much demand remains outside the listed keys of a window.')
  .parse();

const DEFAULTS = benchPolicy();
const POLICY = { ...DEFAULTS, demand: { ...DEFAULTS.demand, trackedKeys: TOP_KEYS } };

/** The keys that a window lists, as the law sees them. */
function seenOf(keys: readonly KeyDemand[]): KeyDemand[] {
  const random = seededRandom(1);
  const counts = keys.map(({ rps }, index) => [`key-${index}`, countOf(rps * WINDOW_SECONDS, random)] as const);
  const sent = counts.filter(([, count]) => count > 0);
  const requests = sent.reduce((sum, [, count]) => sum + count, 0);
  const named = sent.map(
    ([key, count]) => [key, { tier: 'basic', requests: { '/data/GET': count }, throttled: 0 }] as const,
  );
  const cells = { basic: { '/data/GET': { ...emptyCell(), requests } } };
  const window = { ...emptyWindow(0), cells, ...keysOf(new Map(named)) };
  return Object.values(observedDemand(window, POLICY)).map(({ count, methods }) => {
    return { rps: Object.values(methods).reduce((a, b) => a + b, 0) / count, count, costPerRequest: 1 };
  });
}

console.log(`| Zipf exponent | part of demand listed | ${PARTS.map((part) => `admitted for ${part}`).join(' | ')} |`);
console.log(`| --- | --- | ${PARTS.map(() => '---').join(' | ')} |`);
for (const exponent of EXPONENTS) {
  const keys = demandOf(exponent);
  const seen = seenOf(keys);
  const listed = keys.slice(0, TOP_KEYS).reduce((sum, { rps }) => sum + rps, 0) / TOTAL_RPS;
  const admitted = PARTS.map((part) => (admittedAt(waterLevel(part * TOTAL_RPS, seen), keys) / TOTAL_RPS).toFixed(3));
  console.log(`| ${exponent} | ${listed.toFixed(2)} | ${admitted.join(' | ')} |`);
}

import { commandLine } from '../rehearsal/laptop-command.ts';
import { law } from '../shared/law/law.ts';
import type { Limits } from '../shared/limits/limits.ts';
import type { EpochMs } from '../shared/platform/units.ts';
import type { KeyCounts, Window } from '../shared/telemetry/window.ts';
import { addCells, emptyCell, emptyWindow, keysOf, WINDOW_MS } from '../shared/telemetry/windows.ts';
import { scaledBaseline } from './loop/baseline.ts';
import { benchPolicy } from './runner/policy.ts';

/**
 * How long the law thinks: one tick of every API of a large account, one after the other in one thread:
 * `npm run bench:tick`. 600 APIs of four tiers; a plan serves eight APIs, so that there are 300; 10,000 keys in all. Demand
 * surges and ebbs, so that total, shares and water levels are at work. The last line is what counts.
 */
const APIS = 600;
const KEYS = 10_000;
const ROUNDS = 60;
const WARM_UP_ROUNDS = 20;
const TIERS = ['premium', 'standard', 'basic', 'internal'];
const START_MS: EpochMs = Date.UTC(2031, 0, 1);
const ALLOWED_MS = 100;
/** Requests in a window of the busiest key of an API at rest; others ask for 1 / rank of it. */
const BUSIEST = 1500;
/** The histogram's bucket of healthy answers, and of late ones. */
const HEALTHY_BUCKET = 9;
const LATE_BUCKET = 15;

commandLine('npm run bench:tick').description('Measures the run time of the law per tick.').parse();

type State = ReturnType<typeof law>['state'];

const policy = benchPolicy();
const baseline = scaledBaseline(0.25);

/** What the keys of one API asked for in one window: calm, then three times as much, part of it refused and late. */
function windowOf(api: number, round: number): Window {
  const isSurge = (api + round) % 30 > 15;
  const counts = new Map<string, KeyCounts>();
  let window = emptyWindow(START_MS + round * WINDOW_MS);
  for (let key = 0; key * APIS + api < KEYS; key++) {
    const tier = TIERS[key % TIERS.length] ?? 'basic';
    const requests = Math.ceil(((isSurge ? 3 : 1) * BUSIEST) / (1 + key));
    const orders = Math.floor(requests / 20);
    const throttled = isSurge ? Math.floor(requests / 3) : 0;
    const asked = { '/data/GET': requests - orders, '/orders/POST': orders };
    counts.set(`key-${api}-${key}`, { tier, requests: asked, throttled });
    for (const [method, count] of Object.entries(asked)) {
      const refused = Math.floor((count * throttled) / requests);
      const latency = emptyCell().latency.map((_, bucket) =>
        bucket === (isSurge && round % 30 === 20 ? LATE_BUCKET : HEALTHY_BUCKET) ? count - refused : 0,
      );
      const cell = { ...emptyCell(), requests: count, throttled: refused, latency };
      const before = window.cells[tier];
      const sum = addCells(before?.[method] ?? emptyCell(), cell);
      window = { ...window, cells: { ...window.cells, [tier]: { ...before, [method]: sum } } };
    }
  }
  return { ...window, ...keysOf(counts) };
}

/** Time of the processor, not of the wall: others may be at work on the machine. */
const millisecondsOf = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000;

interface Governed {
  readonly state: State | undefined;
  readonly live: Limits;
}

const rules = new Map<string, number>();
let governed: Governed[] = Array.from({ length: APIS }, () => {
  return { state: undefined, live: { stage: { '*/*': baseline.stage }, tiers: baseline.tiers } };
});
const times: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const windows = governed.map((_, api) => windowOf(api, round));
  const now = START_MS + (round + 2) * WINDOW_MS;
  // Whatever was wanted is in force a round later.
  const effective = { stageMs: now - 3 * WINDOW_MS, tiersMs: {} };
  const started = process.threadCpuUsage();
  const outputs = governed.map(({ state, live }, api) => {
    const window = windows[api];
    return law({ state, windows: window ? [window] : [], live, effective, policy, baseline, now });
  });
  if (round >= WARM_UP_ROUNDS) times.push(millisecondsOf(process.threadCpuUsage(started)));
  for (const { conclusion } of outputs) rules.set(conclusion.rule, (rules.get(conclusion.rule) ?? 0) + 1);
  governed = outputs.map(({ state, desired }) => ({ state, live: desired }));
}

times.sort((a, b) => a - b);
const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
console.log([...rules].map(([rule, count]) => `${rule} ${count}`).join(', '));
console.log(
  `${APIS} APIs, ${KEYS} keys: median ${at(0.5).toFixed(1)} ms, 90 % ${at(0.9).toFixed(1)} ms, ` +
    `most ${at(1).toFixed(1)} ms; allowed ${ALLOWED_MS} ms`,
);
if (at(0.5) >= ALLOWED_MS) process.exitCode = 1;

import { wholeNumberFrom } from '../../bench/runner/numbers.ts';
import { packagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import { commandLine } from '../../rehearsal/laptop-command.ts';
import { SCALE } from '../faults/scene.ts';
import { explore } from './explore.ts';
import { changesOfHands, drawn, type Schedule } from './schedules.ts';
import { SITUATIONS, type Situation } from './situations.ts';

const DEFAULT_RUNS = 1000;

/** Two callers: every order with two changes of hands, spread over the whole length, then drawn ones; three: drawn ones. */
function* schedulesOf({ triggers }: Situation, most: number): Generator<Schedule> {
  if (triggers.length === 2) {
    const all = [...changesOfHands()];
    const every = Math.max(1, Math.floor(all.length / (most / 2)));
    yield* all.filter((_, index) => index % every === 0);
  }
  for (let seed = 1; seed <= 3 * most; seed++) yield drawn(seed);
}

/** `npm run overlap [-- runs]`: control's triggers overlapping in so many different orders of their calls. */
async function main(args: readonly string[]): Promise<number> {
  const [runs] = commandLine('npm run overlap --')
    .description('Runs overlapping triggers of control in many orders of their calls.')
    .argument('[runs]', 'how many orders in all', wholeNumberFrom(1), DEFAULT_RUNS)
    .parse([...args], { from: 'user' }).processedArgs as [number];
  const stack = await packagedStack(SCALE);
  const each = Math.ceil(runs / SITUATIONS.length);
  const explorations = [];
  const startMs = performance.now();
  for (const situation of SITUATIONS) {
    const exploration = await explore(stack, situation, schedulesOf(situation, each), each);
    explorations.push(exploration);
    const seconds = Math.round((performance.now() - startMs) / 1000);
    process.stderr.write(
      `${situation.name}: ${exploration.orders} orders, ${exploration.differences.length} differ, ${seconds} s\n`,
    );
  }
  console.log(JSON.stringify(explorations, undefined, 1));
  return explorations.some(({ differences }) => differences.length > 0) ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));

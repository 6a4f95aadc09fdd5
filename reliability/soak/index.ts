import { wholeNumberFrom } from '../../bench/runner/numbers.ts';
import { commandLine } from '../../rehearsal/laptop-command.ts';
import { type SoakReport, soak } from './run-soak.ts';

const DEFAULT_HOURS = 72;
/** Growth per hour, after the warm-up, that counts as a leak. */
const FLAT_MB_PER_HOUR = 1;

const isSound = (report: SoakReport): boolean =>
  report.outOfBounds.length + report.unaccountedWrites.length + report.stuckMessages.length === 0 &&
  report.failures.length === 0 &&
  report.silentMinutes === 0 &&
  (report.heapGrowthMbPerHour ?? 0) <= FLAT_MB_PER_HOUR;

/** `npm run soak -- --hours 72 --seed 1`: prints one JSON object; fails when anything in it should not be. */
async function main(args: readonly string[]): Promise<number> {
  const { hours, seed } = commandLine('npm run soak --')
    .description('Simulates days with random faults, audits every hour, and prints one JSON object.')
    .option('--hours <count>', 'how many simulated hours', wholeNumberFrom(1), DEFAULT_HOURS)
    .option('--seed <number>', 'everything random follows from it', wholeNumberFrom(0), 1)
    .parse([...args], { from: 'user' })
    .opts<{ hours: number; seed: number }>();
  const gc = globalThis.gc;
  if (!gc) throw new Error('The heap can be measured only after a garbage collection. Fix: run node with --expose-gc.');
  // Only the last resort lets go of the machine code of ended functions: some 100 MB an hour after many were killed.
  const collectGarbage = () => gc({ type: 'major', execution: 'async', flavor: 'last-resort' });
  const startMs = performance.now();
  const report = await soak(seed, hours, collectGarbage, (hour, audit, heapMb) => {
    const seconds = Math.round((performance.now() - startMs) / 1000);
    const wrong = [...audit.outOfBounds, ...audit.unaccounted, ...audit.stuckMessages].join('; ');
    process.stderr.write(
      `hour ${hour} of ${hours}: ${audit.writes} writes, ${audit.decisions} decisions, ${audit.silentMinutes} silent, ${heapMb} MB, ${seconds} s ${wrong}\n`,
    );
  });
  console.log(JSON.stringify(report));
  return isSound(report) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));

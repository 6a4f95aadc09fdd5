import { availableParallelism } from 'node:os';
import Table from 'cli-table3';
import { packagedService } from '../../rehearsal/deploy/package-cache.ts';
import { NOWHERE, sealThisProcess } from '../../rehearsal/deploy/sealed-environment.ts';
import { commandLine } from '../../rehearsal/laptop-command.ts';
import { complaintsOf, playRow, type Row } from './sealed-row.ts';
import { ENVIRONMENT_NAMES } from './watch/watched.ts';

/** Plays the laptop commands under environments that lead to a real account. Any red cell is a failure. */
async function main(args: readonly string[]): Promise<number> {
  const command = commandLine('npm run sealed --')
    .description('Runs deploy, incident and removal in environments that could reach a real account.')
    .argument('[words...]', 'play the environments whose names contain all of these words: proxy')
    .option('--list', 'print the names of the environments and play none', false)
    .parse([...args], { from: 'user' });
  const names = ENVIRONMENT_NAMES.filter((name) => command.args.every((word) => name.includes(word)));
  if (names.length === 0)
    command.error(`No environment has all of these words in its name: ${command.args.join(' ')}.`);
  if (command.opts<{ list: boolean }>().list) {
    for (const name of names) console.log(name);
    return 0;
  }
  sealThisProcess();
  const startMs = performance.now();
  await packagedService(['--stage', 'dev'], { endpoint: NOWHERE }); // Once, before two ask for it.
  const rows = await playAll(names);
  console.log(tableOf(rows));
  const red = rows.filter((row) => complaintsOf(row).length > 0);
  for (const row of red) console.log(`${row.name}:\n  ${complaintsOf(row).join('\n  ')}`);
  const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
  console.log(`${rows.length} environments in ${minutes} minutes, ${red.length} red.`);
  return red.length > 0 ? 1 : 0;
}

async function playAll(names: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  const queue = names.entries();
  const lane = async () => {
    for (const [index, name] of queue) {
      const row = await playRow(name);
      rows[index] = row;
      process.stderr.write(`${name}: ${complaintsOf(row).join('; ') || 'green'}, ${row.seconds.toFixed(0)} s\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return rows;
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: [
      'environment',
      'deploy and incident',
      'remove',
      'off loopback',
      "user's keys",
      'proxy, traps',
      'own keys',
      's',
    ],
    style: { head: [], border: [] },
  });
  for (const { name, start, deploy, remove, left, seconds } of rows) {
    const all = [start.misdeeds, deploy.misdeeds, remove.misdeeds];
    const sum = (count: (each: Row['start']['misdeeds']) => number) =>
      all.reduce((total, each) => total + count(each), 0);
    table.push([
      name,
      start.code === 0 && deploy.code === 0 ? 'done' : 'FAILED',
      remove.code === 0 && left.length === 0 ? 'done' : 'FAILED',
      sum(({ departures }) => departures),
      sum(({ foreignSignatures }) => foreignSignatures),
      sum(({ decoyConnections, traps }) => decoyConnections + traps.length),
      start.ownSignatures + deploy.ownSignatures + remove.ownSignatures,
      seconds.toFixed(0),
    ]);
  }
  return table.toString();
}

process.exitCode = await main(process.argv.slice(2));

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Table from 'cli-table3';
import { unzipSync } from 'fflate';
import { packagedService } from '../local/deploy/package-cache.ts';

/** Size and load time of every packaged Lambda: `node bench/bundles.ts`. Load is `require` in a fresh process, median of 11. */
const RUNS = 11;
const MEASURE = `
const start = process.hrtime.bigint();
require(process.argv[1]);
process.stdout.write(String(Number(process.hrtime.bigint() - start) / 1e6));
process.exit(0);`;

const environment = {
  ...process.env,
  AWS_REGION: 'us-east-1',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  STATE_TABLE: 'table',
  SERVICE_STAGE: 'dev',
  PARAMETER_PREFIX: '/tidegate/dev',
  PLAN_WRITES_QUEUE_URL: 'https://queue.example',
  TIDEGATE_BASELINE: JSON.stringify({ apiId: 'a', stage: 'dev', stageLimit: { rateRps: 1, burst: 1 }, tiers: {} }),
  POWERTOOLS_METRICS_NAMESPACE: 'Tidegate',
  POWERTOOLS_SERVICE_NAME: 'tidegate',
};

function loadMs(file: string): number {
  const times = Array.from({ length: RUNS }, () =>
    Number(execFileSync(process.execPath, ['-e', MEASURE, file], { env: environment, encoding: 'utf8' })),
  );
  return times.sort((a, b) => a - b)[(RUNS - 1) / 2] ?? Number.NaN;
}

const packaged = await packagedService(['--stage', 'dev'], { endpoint: 'http://127.0.0.1:1' });
const scratch = mkdtempSync(join(tmpdir(), 'bundles-'));
const table = new Table({
  head: ['function', 'bundle, kB', 'zip, kB', 'load, ms'],
  style: { head: [] },
  colAligns: ['left', 'right', 'right', 'right'],
});
for (const zip of readdirSync(packaged).filter((name) => name.endsWith('.zip'))) {
  const bytes = readFileSync(join(packaged, zip));
  const files = Object.entries(unzipSync(bytes));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), content);
  }
  const [path = '', content = new Uint8Array()] = files.find(([name]) => name.endsWith('handler.js')) ?? [];
  const kilobytes = (count: number) => (count / 1000).toFixed(0);
  table.push([
    zip.replace('.zip', ''),
    kilobytes(content.length),
    kilobytes(bytes.length),
    loadMs(join(scratch, path)).toFixed(0),
  ]);
}
rmSync(scratch, { recursive: true, force: true });
console.log(table.toString());

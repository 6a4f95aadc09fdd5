import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Table from 'cli-table3';
import { unzipSync } from 'fflate';
import { packagedService } from '../rehearsal/deploy/package-cache.ts';
import { NOWHERE, sealedEnvironment } from '../rehearsal/deploy/sealed-environment.ts';
import { commandLine } from '../rehearsal/laptop-command.ts';
import { wholeNumberFrom } from './runner/numbers.ts';

/** Size and load time of every packaged Lambda: `npm run bench:bundles`. A load is `require` in a fresh process. */
const MEASURE = `
const start = process.hrtime.bigint();
require(process.argv[1]);
process.stdout.write(String(Number(process.hrtime.bigint() - start) / 1e6));
process.exit(0);`;

/** A variable's value in the template: text, or a reference that only a deploy resolves. */
type Value = string | { readonly Ref: string } | { readonly 'Fn::Sub': string };

interface LambdaFunction {
  readonly Type: string;
  readonly Properties: {
    readonly Handler: string;
    readonly Code: { readonly S3Key: string };
    readonly Environment: { readonly Variables: Readonly<Record<string, Value>> };
  };
}

/** A value as it could be after a deploy; what it refers to is only named. */
function resolved(value: Value): string {
  if (typeof value === 'string') return value;
  return 'Ref' in value ? value.Ref : value['Fn::Sub'].replaceAll(/\$\{([^}]+)\}/g, '$1');
}

function loadMs(file: string, variables: Readonly<Record<string, Value>>, runs: number): number {
  const env = { ...sealedEnvironment(process.env, NOWHERE), AWS_LAMBDA_FUNCTION_NAME: 'bench' };
  for (const [name, value] of Object.entries(variables)) Object.assign(env, { [name]: resolved(value) });
  const times = Array.from({ length: runs }, () =>
    Number(execFileSync(process.execPath, ['-e', MEASURE, file], { env, encoding: 'utf8' })),
  );
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

const kilobytes = (count: number) => (count / 1000).toFixed(0);

/** Unpacks one function's archive into the folder, and measures it. @returns a row of the table */
function measured({ Properties }: LambdaFunction, archive: Uint8Array, folder: string): string[] {
  const files = unzipSync(archive);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const path = Properties.Handler.replace(/\.\w+$/, '.js');
  const bundle = files[path];
  if (!bundle) throw new Error(`Expected ${path} in the archive, found ${Object.keys(files).join(', ')}.`);
  const load = loadMs(join(folder, path), Properties.Environment.Variables, options.runs);
  return [kilobytes(bundle.length), kilobytes(archive.length), load.toFixed(0)];
}

const options = commandLine('npm run bench:bundles --')
  .description('Prints the size and the load time of every packaged Lambda.')
  .option('--runs <count>', 'loads of each bundle, of which the median counts', wholeNumberFrom(1), 11)
  .parse()
  .opts<{ runs: number }>();
const packaged = await packagedService(['--stage', 'dev'], { endpoint: NOWHERE });
const { Resources } = JSON.parse(readFileSync(join(packaged, 'cloudformation-template-update-stack.json'), 'utf8')) as {
  Resources: Record<string, LambdaFunction>;
};
const table = new Table({
  head: ['function', 'bundle, kB', 'zip, kB', 'load, ms'],
  style: { head: [], border: [] },
  colAligns: ['left', 'right', 'right', 'right'],
});
const scratch = mkdtempSync(join(tmpdir(), 'bundles-'));
try {
  for (const each of Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function')) {
    const zip = each.Properties.Code.S3Key.split('/').at(-1) ?? '';
    table.push([zip.replace('.zip', ''), ...measured(each, readFileSync(join(packaged, zip)), scratch)]);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(table.toString());

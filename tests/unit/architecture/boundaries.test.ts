import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const ROOT = join(__dirname, '../../..');
const SPECIFIER = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)['"]([^'"]+)['"]/gm;

interface Import {
  readonly file: string;
  /** A path from the root for a relative import, else the package's name. */
  readonly target: string;
  readonly isTypeOnly: boolean;
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .map((name) => join(folder, name));
}

function importsIn(folder: string): Import[] {
  return filesIn(folder).flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    return [...text.matchAll(SPECIFIER)].map((match) => {
      const specifier = match[1] ?? '';
      const target = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
      const statement = text.slice(text.lastIndexOf('\nimport', match.index) + 1, match.index);
      return { file, target, isTypeOnly: /^import\s+type\b/.test(statement) || /^export\s+type\b/.test(statement) };
    });
  });
}

const violations = (folder: string, isAllowed: (each: Import) => boolean): string[] =>
  importsIn(folder)
    .filter((each) => !isAllowed(each))
    .map(({ file, target }) => `${file} imports ${target}`);

const isIn = (target: string, ...folders: string[]) => folders.some((folder) => target.startsWith(`${folder}/`));
const isPackage = (target: string) => !/^(functions|shared|local|cli|tests|config|\.\.)\//.test(target);

describe('who may import whom', () => {
  test('there is something to check', () => {
    expect(importsIn('shared').length).toBeGreaterThan(100);
    expect(importsIn('functions').length).toBeGreaterThan(50);
  });

  test('functions import what they share, packages, and their own folder, never one another', () => {
    const ownFolder = (file: string) => file.split('/').slice(0, 2).join('/');
    expect(
      violations('functions', ({ file, target }) => isPackage(target) || isIn(target, 'shared', ownFolder(file))),
    ).toEqual([]);
  });

  test('nothing that is deployed imports the embedded AWS, the command line or a test', () => {
    const isForeign = ({ target }: Import) => isIn(target, 'local', 'cli', 'tests') || target.startsWith('..');
    expect(violations('functions', (each) => !isForeign(each))).toEqual([]);
    expect(violations('shared', (each) => !isForeign(each) && !isIn(each.target, 'functions'))).toEqual([]);
  });

  test('the command line uses what is shared, and itself', () => {
    expect(violations('cli', ({ target }) => isPackage(target) || isIn(target, 'shared', 'cli'))).toEqual([]);
  });

  test.each(['shared/law', 'shared/law/allocation'])('%s is pure: no package, and only the pure folders', (folder) => {
    const pure = ['shared/law', 'shared/law/allocation', 'shared/policy'];
    const contracts = [
      'shared/platform/aws-assumptions.ts',
      'shared/platform/records.ts',
      'shared/platform/units.ts',
      'shared/telemetry/window.ts',
      'shared/telemetry/key-sketch.ts',
    ];
    expect(violations(folder, ({ target }) => isIn(target, ...pure) || contracts.includes(target))).toEqual([]);
  });

  test('the policy knows nothing but itself, units and its schema library', () => {
    expect(
      violations('shared/policy', ({ target }) => target === 'zod' || isIn(target, 'shared/policy', 'shared/platform')),
    ).toEqual([]);
  });

  test('the simulated world does not know the law', () => {
    expect(violations('rehearsal/world', ({ target }) => !isIn(target, 'shared/law', 'shared/law/allocation'))).toEqual(
      [],
    );
  });

  test.each([
    ['@aws-sdk/client-api-gateway', 'shared/gateway'],
    ['@aws-sdk/client-dynamodb', 'shared/state'],
    ['@aws-sdk/client-cloudwatch', 'shared/telemetry'],
  ])('%s is spoken in %s alone', (client, folder) => {
    const speaks = (each: Import) => each.target === client && each.file !== 'shared/platform/aws/clients.ts';
    for (const place of ['functions', 'shared']) {
      expect(violations(place, (each) => !speaks(each) || isIn(each.file, folder))).toEqual([]);
    }
  });

  test('only the key directory can read the keys of a plan', () => {
    const reader = 'shared/gateway/key-reader.ts';
    expect(
      violations('functions', ({ file, target }) => target !== reader || isIn(file, 'functions/key-directory')),
    ).toEqual([]);
    const commands = filesIn('shared').filter((file) =>
      readFileSync(join(ROOT, file), 'utf8').includes('GetUsagePlanKeys'),
    );
    expect(commands).toEqual([reader]);
  });

  test('telemetry brings neither the policy nor API Gateway with it', () => {
    const reached = new Set<string>();
    const all = [...importsIn('functions'), ...importsIn('shared')].filter(({ isTypeOnly }) => !isTypeOnly);
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const each of all) if (each.file === file) visit(each.target);
    };
    visit('functions/telemetry/handler.ts');
    expect(reached).toContain('shared/telemetry/aggregate.ts');
    expect([...reached].filter((file) => isIn(file, 'shared/policy', 'shared/gateway') || file === 'zod')).toEqual([]);
  });
});

describe('purity', () => {
  const IMPURE =
    /\b(Date\.now|new Date\(\)|Math\.random|process\.|console\.|performance\.|setTimeout|setInterval|fetch\()/;

  test.each(['shared/law', 'shared/law/allocation'])(
    '%s has no clock, chance, environment or output of its own',
    (folder) => {
      const impure = filesIn(folder).filter((file) => IMPURE.test(readFileSync(join(ROOT, file), 'utf8')));
      expect(impure).toEqual([]);
    },
  );

  test('in what is deployed only the clock reads the time', () => {
    const files = [...filesIn('functions'), ...filesIn('shared')].filter(
      (file) => !file.startsWith('functions/backend'),
    );
    const readers = files.filter((file) => /\bDate\.now\(|new Date\(\)/.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(readers.map((file) => relative('', file))).toEqual(['shared/platform/clock.ts']);
  });

  test('a handler only wires: at most fifty lines, imports included', () => {
    const lines = (file: string) => readFileSync(join(ROOT, file), 'utf8').trimEnd().split('\n').length;
    const handlers = filesIn('functions').filter((file) => file.endsWith('/handler.ts'));
    expect(handlers).toHaveLength(6);
    expect(handlers.filter((file) => lines(file) > 50)).toEqual([]);
  });
});

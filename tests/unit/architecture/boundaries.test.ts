import { relative } from 'node:path';
import { type Import, readSource } from '../../../bench/runner/source-graph.ts';
import { importsIn, ROOMS, sourceFiles } from '../../support/architecture/imports.ts';

const violations = (folder: string, isAllowed: (each: Import) => boolean): string[] =>
  importsIn(folder)
    .filter((each) => !isAllowed(each))
    .map(({ file, target }) => `${file} imports ${target}`);

const isIn = (target: string, ...folders: string[]) => folders.some((folder) => target.startsWith(`${folder}/`));
const isPackage = (target: string) => ![...ROOMS, 'tests', '..'].some((room) => target.startsWith(`${room}/`));

/** What a room may import beside itself and packages: none imports what is for tests alone. The embedded AWS is a package of its own: it imports nothing of ours. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  functions: ['shared'],
  shared: [],
  'embedded-aws': [],
  rehearsal: ['embedded-aws', 'shared', 'config'],
  reliability: ['embedded-aws', 'rehearsal', 'functions', 'shared', 'bench'],
  bench: ['embedded-aws', 'rehearsal', 'shared', 'reliability', 'config'],
  cli: ['shared', 'config'],
  config: ['shared'],
  tools: [],
};

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

  test.each(Object.entries(MAY_IMPORT))('%s imports itself, packages and %j', (room, rooms) => {
    expect(violations(room, ({ target }) => isPackage(target) || isIn(target, room, ...rooms))).toEqual([]);
  });

  test('outside its folder the embedded AWS is known by the names that its package exports', () => {
    const { exports } = JSON.parse(readSource('embedded-aws/package.json')) as { exports: Record<string, string> };
    const exported = Object.values(exports).map((path) => path.replace('./', 'embedded-aws/'));
    for (const room of Object.keys(MAY_IMPORT).filter((each) => each !== 'embedded-aws')) {
      expect(violations(room, ({ target }) => !isIn(target, 'embedded-aws') || exported.includes(target))).toEqual([]);
    }
  });

  test('the law is pure: no package, and only what is pure', () => {
    const pure = ['shared/law', 'shared/limits', 'shared/policy'];
    const contracts = [
      'shared/platform/aws-assumptions.ts',
      'shared/platform/json-size.ts',
      'shared/platform/records.ts',
      'shared/platform/units.ts',
      'shared/telemetry/window.ts',
      'shared/telemetry/windows.ts',
      'shared/telemetry/key-sketch.ts',
    ];
    expect(violations('shared/law', ({ target }) => isIn(target, ...pure) || contracts.includes(target))).toEqual([]);
  });

  test('a limit knows nothing but units and records', () => {
    const contracts = ['shared/platform/records.ts', 'shared/platform/units.ts'];
    expect(
      violations('shared/limits', ({ target }) => isIn(target, 'shared/limits') || contracts.includes(target)),
    ).toEqual([]);
  });

  test('steering is pure: at run time it uses the law, limits, the policy, and what is pure of the state', () => {
    const contracts = [
      'shared/platform/api-stage.ts',
      'shared/platform/aws-assumptions.ts',
      'shared/platform/errors.ts',
      'shared/platform/records.ts',
      'shared/telemetry/window.ts',
    ];
    const rooms = ['shared/law', 'shared/limits', 'shared/policy', 'shared/steering'];
    const isPure = ({ target, isTypeOnly }: Import) =>
      isTypeOnly || isIn(target, ...rooms) || contracts.includes(target);
    expect(violations('shared/steering', isPure)).toEqual([]);
  });

  test('the policy knows nothing but itself, units and its schema library', () => {
    expect(
      violations(
        'shared/policy',
        ({ target }) => target === 'zod' || isIn(target, 'shared/policy', 'shared/platform', 'shared/limits'),
      ),
    ).toEqual([]);
  });

  test('one function makes the command lines of the laptop commands, so that an invalid one always ends alike', () => {
    const files = ['bench', 'reliability', 'rehearsal'].flatMap(sourceFiles);
    const makers = files.filter((file) => readSource(file).includes('new Command('));
    // `rehearse` turns what is wrong into an error of its own, with the same hint and exit code.
    expect(makers).toEqual(['rehearsal/laptop-command.ts', 'rehearsal/run/rehearse-arguments.ts']);
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
    const commands = sourceFiles('shared').filter((file) => readSource(file).includes('GetUsagePlanKeys'));
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
    /\b(Date\.now|new Date\(\)|Math\.random|process\.|console\.|performance\.|setTimeout|setInterval|fetch\(|await |async )/;

  test.each(['shared/law', 'shared/limits', 'shared/steering'])(
    '%s has no clock, chance, environment or output of its own',
    (folder) => {
      const impure = sourceFiles(folder).filter((file) => IMPURE.test(readSource(file)));
      expect(impure).toEqual([]);
    },
  );

  test('in what is deployed only the clock reads the time', () => {
    const files = [...sourceFiles('functions'), ...sourceFiles('shared')].filter(
      (file) => !file.startsWith('functions/backend'),
    );
    const readers = files.filter((file) => /\bDate\.now\(|new Date\(\)/.test(readSource(file)));
    expect(readers.map((file) => relative('', file))).toEqual(['shared/platform/clock.ts']);
  });

  test('in what is deployed only handlers read the environment', () => {
    const readers = [...sourceFiles('functions'), ...sourceFiles('shared')].filter((file) =>
      /\b(process\.env|readEnvironment|requireVariable)\b/.test(readSource(file)),
    );
    const reading = ['shared/platform/environment.ts', 'shared/platform/variables.ts'];
    expect(readers.filter((file) => !file.endsWith('/handler.ts')).sort()).toEqual(reading);
  });

  test('a handler only wires: at most fifty lines, imports included', () => {
    const lines = (file: string) => readSource(file).trimEnd().split('\n').length;
    const handlers = sourceFiles('functions').filter((file) => file.endsWith('/handler.ts'));
    expect(handlers).toHaveLength(6);
    expect(handlers.filter((file) => lines(file) > 50)).toEqual([]);
  });
});

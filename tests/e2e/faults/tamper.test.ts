import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseFault } from '@tidegate/embedded-aws/faults';
import { packagedStack } from '../../../rehearsal/deploy/in-process-deploy.ts';
import { SCALE } from '../../../reliability/faults/scene.ts';
import { arrange, type Stage } from '../../../reliability/tamper/arrange.ts';
import { comeToRest } from '../../../reliability/tamper/at-rest.ts';
import { outsideNames } from '../../../reliability/tamper/cells/item.ts';
import { grantsWithoutSpecimen } from '../../../reliability/tamper/cells/role-grants.ts';
import { cellsOf, type TamperCell } from '../../../reliability/tamper/cells/tamper-cells.ts';
import { playDamage, playSurgeAndKill } from '../../../reliability/tamper/play-tampered.ts';

/** Those that once wedged control; every item and every way to be hostile is a command of its own. */
const CHOSEN = [
  // No decision and no kill came for as long as anybody looked, and no alarm rang.
  'API#<api> lease / until / 2099',
  'API#<api> law / record(json).state.tracker / empty object',
  'WRITER#account slot / nextWriteAtMs / 300 KB of text',
];

let stage: Stage;
let cells: ReadonlyMap<string, TamperCell>;
beforeAll(async () => {
  stage = await arrange(await packagedStack(SCALE));
  const all = cellsOf(stage.specimens, stage.snapshot, outsideNames(stage.scene.service));
  cells = new Map(all.map((cell) => [cell.name, cell]));
}, 120_000);
afterAll(() => stage?.scene.cloud.close());

test('every partition that a role may write was seen to be written', async () => {
  expect(grantsWithoutSpecimen((await packagedStack(SCALE)).template, stage.specimens)).toEqual([]);
});

test('every kind of item that docs/state.md names was seen, and no other', async () => {
  const page = await readFile(join(__dirname, '../../../docs/state.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(?<pk>[^`]+)` \| (?:`(?<sk>[^`]+)`|[^|]*parameter name) \|/gm)];
  const documented = rows.map(({ groups: { pk = '', sk = '<parameter>' } = {} }) => `${pk} ${sk}`);
  const patternOf = (name: string) =>
    new RegExp(`^${name.replace(/ (.*)$/, (_, sk) => ` ${sk.replace(/<.*>/, '.+')}`)}$`);
  const kinds = [...stage.specimens.keys()];
  expect(kinds.filter((kind) => !documented.some((name) => patternOf(name).test(kind)))).toEqual([]);
  const unseen = documented.filter((name) => !kinds.some((kind) => patternOf(name).test(kind)));
  expect(unseen).toEqual([]);
});

test.each(CHOSEN)('%s: the surge is braked and the kill carried out', async (name) => {
  const cell = cells.get(name);
  if (!cell) throw new Error(`There is no cell "${name}".`);
  expect(await playDamage(stage, cell.item)).toMatchObject({ verdict: 'carried on', complaints: [] });
});

describe('whoever judges the cells', () => {
  const DEAD_CONTROL = 'lambda.Invoke[-control"]:down';

  async function playWith(...faults: string[]) {
    await comeToRest(stage);
    stage.scene.injector.add(...faults.map((fault) => parseFault(fault)));
    const result = await playSurgeAndKill(stage.scene);
    stage.scene.injector.clear();
    return result;
  }

  test('sees that control is dead, that the alarm rings and that the fail-safe speaks', async () => {
    expect(await playWith(DEAD_CONTROL)).toMatchObject({
      verdict: 'alarmed',
      brakedSeconds: null,
      killedSeconds: null,
    });
  });

  test('calls it red when the fail-safe says nothing either', async () => {
    const { verdict, complaints } = await playWith(DEAD_CONTROL, 'lambda.Invoke[-failSafe"]:down');
    expect(verdict).toBe('RED');
    expect(complaints).toEqual(['not braked within 60 s, not killed within 30 s, and the fail-safe said nothing']);
  });
});

test('nothing went wrong unseen', () => {
  expect(stage.scene.failures).toEqual([]);
});

import { basename, dirname } from 'node:path';
import { circleIn, importsIn, ROOMS, sourceFiles } from '../../support/architecture/imports.ts';

const MOST_FILES = 15;
/** Folders of like members, where one more file is no more to understand. */
const LISTS = ['bench/scenarios', 'embedded-aws/cloudformation/providers', 'rehearsal/world/scenarios'];
/** Names that say the same wherever they stand. */
const COMMON_NAMES = new Set(['handler.ts', 'index.ts', 'types.ts', 'dependencies.ts']);

const files = ROOMS.flatMap(sourceFiles);

/** The values that occur more than once, each with all that have it. */
function repeated(all: readonly string[], nameOf: (file: string) => string): string[] {
  return [...Map.groupBy(all, nameOf)].flatMap(([value, has]) =>
    has.length > 1 ? [`${value}: ${has.join(', ')}`] : [],
  );
}

test('there is something to check', () => {
  expect(files.length).toBeGreaterThan(400);
});

describe('circles of imports', () => {
  test('no file of the house reaches itself by its imports', () => {
    expect(circleIn(ROOMS.flatMap(importsIn))).toBeUndefined();
  });

  test('a circle is found where there is one', () => {
    const edge = (file: string, target: string) => ({ file, target, isTypeOnly: true });
    expect(circleIn([edge('a', 'b'), edge('b', 'c'), edge('c', 'b')])).toEqual(['b', 'c', 'b']);
    expect(circleIn([edge('a', 'b'), edge('a', 'c'), edge('b', 'c')])).toBeUndefined();
  });
});

describe('names', () => {
  test('no two source files have one name', () => {
    const named = files.filter((file) => !COMMON_NAMES.has(basename(file)) && !LISTS.includes(dirname(file)));
    expect(repeated(named, (file) => basename(file))).toEqual([]);
  });
});

describe('folders', () => {
  test(`no folder holds more than ${MOST_FILES} source files, lists of like members excepted`, () => {
    const large = [...Map.groupBy(files, (file) => dirname(file))].filter(([, within]) => within.length > MOST_FILES);
    expect(large.map(([folder]) => folder).filter((folder) => !LISTS.includes(folder))).toEqual([]);
  });
});

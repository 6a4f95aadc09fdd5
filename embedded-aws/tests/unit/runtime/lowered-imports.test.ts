import { prepareBundle } from '../../../runtime/bundle-loader.ts';

const files = (source: string) => new Map([['handler.js', new TextEncoder().encode(source)]]);

test('the same source is lowered alike however often it is deployed, and another one by itself', async () => {
  const [first, again] = [
    await prepareBundle(files("import('../../../../tests/unit/runtime/a');")),
    await prepareBundle(files("import('../../../../tests/unit/runtime/a');")),
  ];
  expect(first.rewritten.get('handler.js')).toContain('require("../../../../tests/unit/runtime/a")');
  expect(again.rewritten).toEqual(first.rewritten);
  const other = await prepareBundle(files("import('../../../../tests/unit/runtime/b');"));
  expect(other.rewritten.get('handler.js')).toContain('require("../../../../tests/unit/runtime/b")');
});

test('more sources than are remembered are lowered all the same', async () => {
  const sources = Array.from({ length: 25 }, (_, index) => `import('../../../../tests/unit/runtime/module-${index}');`);
  for (const source of [...sources, ...sources]) {
    const { rewritten } = await prepareBundle(files(source));
    expect(rewritten.get('handler.js')).toContain(/module-\d+/.exec(source)?.[0]);
  }
});

test('a source that cannot be read fails every time', async () => {
  const broken = () => prepareBundle(files("import('../../../../tests/unit/runtime/a'); ("));
  await expect(broken()).rejects.toThrow();
  await expect(broken()).rejects.toThrow();
});

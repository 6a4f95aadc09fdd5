import { prepareBundle } from '../../../embedded-aws/runtime/bundle-loader.ts';

const files = (source: string) => new Map([['handler.js', new TextEncoder().encode(source)]]);

test('the same source is lowered alike however often it is deployed, and another one by itself', async () => {
  const [first, again] = [await prepareBundle(files("import('./a');")), await prepareBundle(files("import('./a');"))];
  expect(first.rewritten.get('handler.js')).toContain('require("./a")');
  expect(again.rewritten).toEqual(first.rewritten);
  const other = await prepareBundle(files("import('./b');"));
  expect(other.rewritten.get('handler.js')).toContain('require("./b")');
});

test('more sources than are remembered are lowered all the same', async () => {
  const sources = Array.from({ length: 25 }, (_, index) => `import('./module-${index}');`);
  for (const source of [...sources, ...sources]) {
    const { rewritten } = await prepareBundle(files(source));
    expect(rewritten.get('handler.js')).toContain(/module-\d+/.exec(source)?.[0]);
  }
});

test('a source that cannot be read fails every time', async () => {
  const broken = () => prepareBundle(files("import('./a'); ("));
  await expect(broken()).rejects.toThrow();
  await expect(broken()).rejects.toThrow();
});

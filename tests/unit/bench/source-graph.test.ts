import { importsOf, reachedFrom } from '../../../bench/runner/source-graph.ts';

test('a run depends on the world, the embedded gateway and the scenarios, whatever folder they stand in', () => {
  const world = reachedFrom(['bench/runner/play.ts'], ['bench/laws/index.ts']);
  expect(world).toEqual(
    expect.arrayContaining([
      'bench/scenarios/family.ts',
      'rehearsal/world/world.ts',
      'embedded-aws/gateway/enforcement/token-bucket.ts',
    ]),
  );
  expect(world.filter((file) => /^bench\/laws\/(rivals|bounds|ours)/.test(file))).toEqual([]);
});

test('a bound depends on its own sources', () => {
  expect(reachedFrom(['bench/laws/bounds/perfect.ts'])).toContain('bench/laws/bounds/stage-total.ts');
});

test('a name of the workspace package is followed to the file that the package exports', () => {
  expect(importsOf('bench/loop/stage.ts').map(({ target }) => target)).toContain('embedded-aws/gateway/index.ts');
});

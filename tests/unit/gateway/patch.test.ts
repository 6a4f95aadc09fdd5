import { calls, OPERATIONS_PER_CALL, planPatch, stagePatch } from '../../../shared/gateway/patch.ts';

const ACCOUNT = { rateRps: 10_000, burst: 5_000 };
const LIMIT = { rateRps: 100, burst: 10 };

const pathsOf = (patch: ReturnType<typeof stagePatch>) =>
  patch.kind === 'patch' ? patch.operations.map(({ path }) => path) : patch.why;

describe('a patch of the stage', () => {
  test('sets rate and burst of one method side by side, the default first, as text', () => {
    const wanted = { '/orders/POST': { rateRps: 5.5, burst: 5 }, '*/*': LIMIT };
    expect(stagePatch(wanted, {}, ACCOUNT)).toEqual({
      kind: 'patch',
      operations: [
        { op: 'replace', path: '/*/*/throttling/rateLimit', value: '100' },
        { op: 'replace', path: '/*/*/throttling/burstLimit', value: '10' },
        { op: 'replace', path: '/~1orders/POST/throttling/rateLimit', value: '5.5' },
        { op: 'replace', path: '/~1orders/POST/throttling/burstLimit', value: '5' },
      ],
      limits: wanted,
    });
  });

  test('writes a method under every spelling that the stage has of it', () => {
    const held = {
      '/orders/POST': ['orders/POST', '~1orders/POST'],
      '//GET': ['~1/GET'],
      '/pets/dogs/*': ['pets/dogs/*'],
    };
    const wanted = { '*/*': LIMIT, '/orders/POST': LIMIT, '//GET': LIMIT, '/pets/dogs/*': LIMIT };
    const patch = stagePatch(wanted, held, ACCOUNT);
    expect(patch).toMatchObject({ limits: wanted });
    expect(pathsOf(patch)).toEqual(
      expect.arrayContaining([
        '/orders/POST/throttling/rateLimit',
        '/~1orders/POST/throttling/burstLimit',
        '/~1/GET/throttling/rateLimit',
        '/pets/dogs/*/throttling/burstLimit',
      ]),
    );
  });

  test('leaves every method as it is that is not named, also where the default is written', () => {
    const held = { '*/*': ['*/*'], '/a/GET': ['a/GET'], '/b/GET': ['b/GET'] };
    expect(pathsOf(stagePatch({ '*/*': LIMIT, '/a/GET': LIMIT }, held, ACCOUNT))).toEqual([
      '/*/*/throttling/rateLimit',
      '/*/*/throttling/burstLimit',
      '/a/GET/throttling/rateLimit',
      '/a/GET/throttling/burstLimit',
    ]);
  });

  test.each([
    ['is none', '/orders/DROP', 'orders/DROP'],
    ['has a key that holds a blank', '/orders/GET', 'or ders/GET'],
    ['has a key that leads to another setting', '/orders/GET', 'orders/GET/caching'],
    ['has a key that leads to another setting by a mark', '/orders/GET', 'orders/GET/caching/enabled?'],
    ['has a key of an unknown verb', '/orders/GET', 'orders/get'],
    ['has a key that begins oddly', '/orders/GET', 'or ders/orders/GET'],
    ['has a key that ends oddly', '/orders/GET', 'orders/GET/throttling/rateLimit?'],
    ['has a key of empty parts', '/orders/GET', 'orders//GET'],
    ['has a key without a path', '/orders/GET', 'GET'],
    ['has a key with an escape', '/a%20b/GET', '~1a%20b/GET'],
    ['is a verb of every path', '*/GET', '*/GET'],
  ])('leaves a method out that %s, and does all the rest', (_, method, settingsKey) => {
    const held = { '*/*': ['*/*'], '/data/GET': ['data/GET'], [method]: [settingsKey] };
    const patch = stagePatch({ '*/*': LIMIT, '/data/GET': LIMIT, [method]: LIMIT }, held, ACCOUNT);
    expect(patch).toMatchObject({ kind: 'patch', limits: { '*/*': LIMIT, '/data/GET': LIMIT } });
    expect(pathsOf(patch)).toHaveLength(4);
    expect(stagePatch({ [method]: LIMIT }, held, ACCOUNT)).toEqual({
      kind: 'refused',
      why: `${method}: its path may not be patched`,
    });
  });

  test.each([
    { rateRps: 0, burst: 0 },
    { rateRps: 0.05, burst: 5 },
    { rateRps: -1, burst: -1 },
    { rateRps: Number.NaN, burst: 5 },
  ])('leaves a method out that is wanted at $rateRps rps, burst $burst, and does all the rest', (limit) => {
    const patch = stagePatch({ '*/*': LIMIT, '/orders/POST': limit }, {}, ACCOUNT);
    expect(patch).toMatchObject({ kind: 'patch', limits: { '*/*': LIMIT } });
    expect(pathsOf(patch)).toHaveLength(2);
  });

  test('is refused as a whole, by name, when its default is out of bounds or nothing of it may be written', () => {
    expect(stagePatch({ '*/*': { rateRps: Number.NaN, burst: 5 }, '/orders/POST': LIMIT }, {}, ACCOUNT)).toEqual({
      kind: 'refused',
      why: '*/*: a rate of NaN rps is out of bounds',
    });
    expect(stagePatch({ deploymentId: LIMIT, '/a/GET': { rateRps: 0, burst: 5 } }, {}, ACCOUNT)).toEqual({
      kind: 'refused',
      why: '/a/GET: a rate of 0 rps is out of bounds; deploymentId: its path may not be patched',
    });
    expect(stagePatch({}, {}, ACCOUNT)).toEqual({ kind: 'refused', why: 'no limit is named' });
  });
});

describe('a patch of a plan', () => {
  test('holds the two operations of its throttle, within the bounds', () => {
    expect(planPatch({ rateRps: 1e9, burst: 7.5 }, ACCOUNT)).toEqual({
      kind: 'patch',
      operations: [
        { op: 'replace', path: '/throttle/rateLimit', value: '10000' },
        { op: 'replace', path: '/throttle/burstLimit', value: '7' },
      ],
      limits: { plan: { rateRps: 10_000, burst: 7 } },
    });
  });

  test('is refused, and says why, out of the bounds', () => {
    expect(planPatch({ rateRps: 5, burst: 0 }, ACCOUNT)).toEqual({
      kind: 'refused',
      why: 'a burst of 0 is out of bounds',
    });
  });
});

test.each([
  [0, []],
  [1, [2]],
  [40, [80]],
  [41, [80, 2]],
  [80, [80, 80]],
])('%d methods are written in calls of these many operations: %p', (methods, sizes) => {
  const operations = Array.from({ length: methods * 2 }, (_, index) => ({ path: `/${index}` }));
  const slices = calls(operations);
  expect(slices.map((slice) => slice.length)).toEqual(sizes);
  expect(slices.flat()).toEqual(operations);
  expect(OPERATIONS_PER_CALL % 2).toBe(0);
});

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

  test('of the default takes along every override, in the spelling that it has', () => {
    const held = {
      '/orders/POST': ['orders/POST', '~1orders/POST'],
      '//GET': ['~1/GET'],
      '/pets/dogs/*': ['pets/dogs/*'],
    };
    const patch = stagePatch({ '*/*': LIMIT }, held, ACCOUNT);
    expect(patch).toMatchObject({
      limits: { '*/*': LIMIT, '/orders/POST': LIMIT, '//GET': LIMIT, '/pets/dogs/*': LIMIT },
    });
    expect(pathsOf(patch)).toEqual(
      expect.arrayContaining([
        '/orders/POST/throttling/rateLimit',
        '/~1orders/POST/throttling/burstLimit',
        '/~1/GET/throttling/rateLimit',
        '/pets/dogs/*/throttling/burstLimit',
      ]),
    );
  });

  test('of one method alone leaves the other overrides alone', () => {
    const held = { '*/*': ['*/*'], '/a/GET': ['a/GET'], '/b/GET': ['b/GET'] };
    expect(pathsOf(stagePatch({ '/a/GET': LIMIT }, held, ACCOUNT))).toEqual([
      '/a/GET/throttling/rateLimit',
      '/a/GET/throttling/burstLimit',
    ]);
  });

  test.each([
    ['whose method is none', { '/orders/DROP': ['orders/DROP'] }],
    ['with a key that holds a blank', { '/orders/GET': ['or ders/GET'] }],
    ['with a key that leads to another setting', { '/orders/GET': ['orders/GET', 'orders/GET/caching'] }],
    ['with a key of an unknown verb', { '/orders/GET': ['orders/get'] }],
    ['with a key that begins oddly', { '/orders/GET': ['or ders/orders/GET'] }],
    ['with a key that ends oddly', { '/orders/GET': ['orders/GET/throttling/rateLimit?'] }],
    ['with a key of empty parts', { '/orders/GET': ['orders//GET'] }],
    ['with a key without a path', { '/orders/GET': ['GET'] }],
  ])('passes by an override %s, and does all the rest', (_, odd: Record<string, string[]>) => {
    const held = { '*/*': ['*/*'], '/data/GET': ['data/GET'], ...odd };
    const patch = stagePatch({ '*/*': LIMIT }, held, ACCOUNT);
    expect(patch).toMatchObject({ kind: 'patch', limits: { '*/*': LIMIT, '/data/GET': LIMIT } });
    expect(pathsOf(patch)).toHaveLength(4);
  });

  test.each([
    ['or ders/GET', '/or ders/GET/throttling/rateLimit may not be patched'],
    ['orders/GET/caching/enabled?', '/orders/GET/caching/enabled?/throttling/rateLimit may not be patched'],
  ])('is refused when a method that is wanted has the odd key %s', (settingsKey, why) => {
    const patch = stagePatch({ '/orders/GET': LIMIT }, { '/orders/GET': [settingsKey] }, ACCOUNT);
    expect(patch).toEqual({ kind: 'refused', why });
  });

  test('is refused as a whole, by name, when one of its limits is out of bounds or of no method', () => {
    const wanted = { '*/*': LIMIT, '/orders/POST': { rateRps: 0, burst: 5 } };
    expect(stagePatch(wanted, {}, ACCOUNT)).toEqual({
      kind: 'refused',
      why: '/orders/POST: a rate of 0 rps is out of bounds',
    });
    expect(stagePatch({ deploymentId: LIMIT }, {}, ACCOUNT)).toEqual({
      kind: 'refused',
      why: 'deploymentId: is no method',
    });
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

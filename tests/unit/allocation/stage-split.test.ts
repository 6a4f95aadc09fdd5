import { type StageSplit, splitStage } from '../../../shared/law/allocation/stage-split.ts';

const split = (overrides: Partial<StageSplit>): StageSplit => ({
  totalCups: 1000,
  costShares: {},
  costOf: (method) => (method === '/orders/POST' ? 4 : 1),
  overrides: [],
  leastShare: 0.02,
  minorRoomFactor: 1,
  ownBucketShare: 0.15,
  mostRps: 2000,
  leastRps: 1,
  burstOf: (rate) => Math.max(25, Math.ceil(rate * 0.03)),
  ...overrides,
});

test('one method alone needs no more than the default', () => {
  expect(splitStage(split({ costShares: { '/data/GET': 1 } }))).toEqual({ '*/*': { rateRps: 1000, burst: 30 } });
  expect(splitStage(split({ costShares: { '/orders/POST': 1 } }))).toEqual({ '*/*': { rateRps: 250, burst: 25 } });
  expect(splitStage(split({ costShares: { '/data/GET': 0.95, '/health/GET': 0.05 } }))).toEqual({
    '*/*': { rateRps: 1000, burst: 30 },
  });
});

test('methods of different cost get total x share / cost; the default is left to those unlisted', () => {
  expect(splitStage(split({ costShares: { '/data/GET': 0.8, '/orders/POST': 0.2 } }))).toEqual({
    '*/*': { rateRps: 20, burst: 25 },
    '/data/GET': { rateRps: 800, burst: 25 },
    '/orders/POST': { rateRps: 50, burst: 25 },
  });
});

test('a method with the smaller part of the cost may be given room', () => {
  const settings = splitStage(split({ costShares: { '/data/GET': 0.8, '/orders/POST': 0.2 }, minorRoomFactor: 1.2 }));
  expect(settings).toMatchObject({ '/data/GET': { rateRps: 800 }, '/orders/POST': { rateRps: 60 } });
});

test('two busy methods of equal cost are kept apart, or each could take the whole total', () => {
  const settings = splitStage(split({ costShares: { '/data/GET': 0.6, '/more/GET': 0.4 } }));
  expect(settings['/data/GET']?.rateRps).toBe(600);
  expect(settings['/more/GET']?.rateRps).toBe(400);
});

test('an override that exists is kept in step, a quiet method is not shut out, bounds hold', () => {
  const settings = splitStage(split({ costShares: { '/data/GET': 1 }, overrides: ['/orders/POST'] }));
  expect(settings['/orders/POST']).toEqual({ rateRps: 5, burst: 25 });
  expect(splitStage(split({ totalCups: 9000, costShares: { '/data/GET': 1 } }))['*/*']?.rateRps).toBe(2000);
  expect(splitStage(split({ totalCups: 0.1, costShares: { '/data/GET': 1 } }))['*/*']?.rateRps).toBe(1);
  expect(splitStage(split({}))['*/*']?.rateRps).toBe(1000);
});

test('a method of another cost has a bucket of its own however little it is asked for, one that nobody asks for has none', () => {
  expect(splitStage(split({ costShares: { '/orders/POST': 0.04, '/data/GET': 0.96 } }))).toEqual({
    '*/*': { rateRps: 20, burst: 25 },
    '/data/GET': { rateRps: 960, burst: 29 },
    '/orders/POST': { rateRps: 10, burst: 25 },
  });
  expect(splitStage(split({ costShares: { '/data/GET': 1, '/orders/POST': 0 } }))).toEqual({
    '*/*': { rateRps: 1000, burst: 30 },
  });
});

test('from its share on, a second method of the same cost has a bucket; the settings come in the order of their names', () => {
  const settings = splitStage(split({ costShares: { '/more/GET': 0.15, '/data/GET': 0.85 } }));
  expect(Object.keys(settings)).toEqual(['*/*', '/data/GET', '/more/GET']);
  expect(settings['/more/GET']?.rateRps).toBe(150);
  expect(Object.keys(splitStage(split({ costShares: { '/more/GET': 0.14, '/data/GET': 0.86 } })))).toEqual(['*/*']);
});

test('half of the cost is not the smaller part', () => {
  const halves = split({ costShares: { '/data/GET': 0.5, '/orders/POST': 0.5 }, minorRoomFactor: 1.2 });
  expect(splitStage(halves)).toMatchObject({ '/data/GET': { rateRps: 500 }, '/orders/POST': { rateRps: 125 } });
});

test('beside overrides, the default holds the largest of the others, at the least cost among them', () => {
  const beside = (costShares: Record<string, number>) =>
    splitStage(split({ costShares, overrides: ['/old/GET'], ownBucketShare: 0.5 }))['*/*']?.rateRps;
  expect(beside({ '/data/GET': 0.7, '/more/GET': 0.3 })).toBe(700);
  expect(beside({ '/data/GET': 1, '/orders/POST': 0 })).toBe(1000);
});

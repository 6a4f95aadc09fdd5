import { type StageSplit, splitStage } from '../../../shared/allocation/stage-split.ts';

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

import { guide } from '../../../rehearsal/start/guide.ts';

test('the guide lends a key of the tier with the smallest limit, whatever it is called', () => {
  const facts = {
    endpoint: 'http://127.0.0.1:1',
    apiId: 'api1',
    stageName: 'dev',
    parameterPrefix: '/p',
    stateTable: 't',
  };
  const tiers = {
    gold: { rateRps: 100, burst: 1 },
    silver: { rateRps: 5, burst: 1 },
    bronze: { rateRps: 20, burst: 1 },
  };
  expect(guide({ ...facts, tiers })).toContain('--name-query tidegate-dev-silver-1 ');
});

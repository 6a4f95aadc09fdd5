import { CostMeter } from '../../../bench/loop/cost-meter.ts';
import type { Second } from '../../../bench/runner/job.ts';
import { chart } from '../../../bench/runner/page/chart.ts';

const limit = (rateRps: number) => ({ rateRps, burst: 1 });
const METHODS = [
  { verb: 'GET', path: '/data', cost: 1 },
  { verb: 'POST', path: '/orders', cost: 4 },
];

function second(index: number): Second {
  return {
    offered: 300,
    admitted: index < 10 ? 300 : 100,
    served: 100,
    capacityCups: 200,
    latencyP90Ms: index < 10 ? undefined : 900,
    enforced: { stage: { '*/*': limit(100) }, tiers: { premium: limit(index < 10 ? 50 : 5) } },
  };
}

const drawn = chart({
  title: 'ramp: more & more',
  subtitle: 'tidegate',
  seconds: Array.from({ length: 20 }, (_, index) => second(index)),
  baseline: { stage: limit(100), tiers: { premium: limit(50) } },
  methodCost: { '/orders/POST': 4 },
  methods: ['/data/GET', '/orders/POST'],
  boundMs: 500,
});
const pathOf = (name: string) => new RegExp(`<path class="${name}" d="([^"]*)"`).exec(drawn)?.[1];

test('a run is drawn as one small SVG that reads on light and on dark', () => {
  expect(drawn).toMatch(/^<svg .*<\/svg>\n$/s);
  expect(drawn).toContain('prefers-color-scheme:dark');
  expect(drawn).toContain('ramp: more &amp; more');
  for (const name of ['offered', 'admitted', 'served', 'capacity', 'stage', 'latency', 'bound', 'premium']) {
    expect({ name, path: pathOf(name) }).toEqual({ name, path: expect.stringMatching(/^M\d/) });
  }
});

test('steps are where values change; what is beyond the scale lies on its edge, what is unknown is left out', () => {
  expect(pathOf('capacity')).toBe('M48 94.7H748');
  // 500 cost units/s by both methods' limits, the scale ends at 300, as what is offered does.
  expect(pathOf('stage')).toBe(pathOf('offered'));
  expect(pathOf('admitted')).toMatch(/^M48 58H398V/);
  expect(pathOf('latency')).toMatch(/^M398 /);
});

test('the meter weighs requests by what they cost', () => {
  const meter = new CostMeter(
    { admit: (request) => (request.verb === 'GET' ? 'admitted' : 'THROTTLED'), finish: () => undefined },
    METHODS,
    500,
  );
  const get = { keyId: 'k', verb: 'GET', path: '/data' };
  meter.admit(get, 0);
  meter.admit({ keyId: 'k', verb: 'POST', path: '/orders' }, 1);
  meter.finish([
    { ...get, startMs: 0, endMs: 400, status: 200 },
    { ...get, startMs: 0, endMs: 600, status: 200 },
    { ...get, startMs: 0, endMs: 20, status: 500 },
  ]);
  expect(meter.take()).toEqual({ offered: 5, admitted: 1, served: 1 });
  expect(meter.take()).toEqual({ offered: 0, admitted: 0, served: 0 });
});

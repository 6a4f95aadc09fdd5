import * as fc from 'fast-check';
import { ASSUMPTIONS } from '../../../kernel/assumptions.ts';
import { DEVELOPER } from '../../../kernel/aws.ts';
import { seededRandom } from '../../../kernel/random.ts';
import { LogDelay } from '../../../services/logs/delay.ts';
import { LogsService } from '../../../services/logs/logs-service.ts';
import { fakeLambda, logBatch } from '../../support/observe/fake-lambda.ts';
import { START_MS, virtualAws } from '../../support/observe/virtual-aws.ts';

const GROUP = '/group';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:f';

async function setUp(seed: number) {
  const { aws, clock } = await virtualAws(seed);
  const lambda = fakeLambda(aws);
  const logs = new LogsService(aws, { ingestEmf: () => {}, record: () => {} });
  aws.install(logs);
  await aws.call(DEVELOPER, 'logs', 'CreateLogGroup', { logGroupName: GROUP });
  const filter = { logGroupName: GROUP, filterName: 'f', filterPattern: '', destinationArn: FUNCTION };
  await aws.call(DEVELOPER, 'logs', 'PutSubscriptionFilter', filter);
  return { clock, lambda, logs };
}

const share = (values: readonly number[], limit: number) =>
  values.filter((value) => value <= limit).length / values.length;

describe('subscriptions', () => {
  test('lose nothing, repeat nothing and keep the order of every stream', async () => {
    const append = fc.record({
      stream: fc.constantFrom('a', 'b', 'c'),
      gapMs: fc.nat(5_000),
      lines: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(append, { maxLength: 60 }), fc.nat(1_000), async (appends, seed) => {
        const { clock, lambda, logs } = await setUp(seed);
        const sent: Record<string, string[]> = { a: [], b: [], c: [] };
        let count = 0;
        for (const { stream, gapMs, lines } of appends) {
          await clock.runUntil(clock.now() + gapMs);
          const events = Array.from({ length: lines }, () => ({ timestamp: clock.now(), message: `${count++}` }));
          logs.append(GROUP, stream, events);
          sent[stream]?.push(...events.map((event) => event.message));
        }
        await clock.runUntil(clock.now() + 3_600_000);
        const batches = lambda.invocations.map(logBatch);
        for (const [stream, messages] of Object.entries(sent)) {
          const got = batches.filter((batch) => batch.logStream === stream).flatMap((batch) => batch.logEvents);
          expect(got.map((event) => event.message)).toEqual(messages);
          expect(got.map((event) => event.id)).toEqual([...new Set(got.map((event) => event.id))].sort());
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the age of events at delivery has the assumed median and 95th percentile', async () => {
    const { clock, lambda, logs } = await setUp(5);
    const streams = Array.from({ length: 200 }, (_, index) => `stream-${index}`);
    for (let second = 0; second < 600; second += 5) {
      await clock.runUntil(START_MS + second * 1_000);
      for (const stream of streams) logs.append(GROUP, stream, [{ timestamp: clock.now(), message: 'x' }]);
    }
    await clock.runUntil(clock.now() + 600_000);
    const ages = lambda.invocations.flatMap((invocation) =>
      logBatch(invocation).logEvents.map((event) => invocation.atMs - event.timestamp),
    );
    expect(ages).toHaveLength(200 * 120);
    expect(Math.abs(share(ages, ASSUMPTIONS.logDelayMs.median) - 0.5)).toBeLessThan(0.05);
    expect(Math.abs(share(ages, ASSUMPTIONS.logDelayMs.p95) - 0.95)).toBeLessThan(0.02);
  });

  test('so has the age of events that fill batches, and no batch spans more than is assumed', async () => {
    const { clock, lambda, logs } = await setUp(6);
    const streams = Array.from({ length: 60 }, (_, index) => `stream-${index}`);
    for (let tick = 0; tick < 1200; tick++) {
      await clock.runUntil(START_MS + tick * 250);
      for (const stream of streams) logs.append(GROUP, stream, [{ timestamp: clock.now(), message: 'x' }]);
    }
    await clock.runUntil(clock.now() + 600_000);
    const ages: number[] = [];
    for (const invocation of lambda.invocations) {
      const times = logBatch(invocation).logEvents.map((event) => event.timestamp);
      expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(ASSUMPTIONS.logBatchSpanMs);
      ages.push(...times.map((time) => invocation.atMs - time));
    }
    expect(ages).toHaveLength(60 * 1200);
    expect(lambda.invocations.length).toBeLessThan(ages.length / 10);
    expect(Math.abs(share(ages, ASSUMPTIONS.logDelayMs.median) - 0.5)).toBeLessThan(0.05);
    expect(Math.abs(share(ages, ASSUMPTIONS.logDelayMs.p95) - 0.95)).toBeLessThan(0.02);
  });
});

describe('the delay', () => {
  test('is log-normal at every instant and hardly ever lets an event overtake', () => {
    const delays: number[] = [];
    let overtaken = 0;
    for (let seed = 0; seed < 3_000; seed++) {
      const delay = new LogDelay(seededRandom(seed * 7_919), ASSUMPTIONS.logDelayMs);
      const at = START_MS + (seed % 60) * 1_000;
      const early = delay.at(at);
      delays.push(early);
      if (at + 1_000 + delay.at(at + 1_000) < at + early) overtaken++;
    }
    expect(Math.abs(share(delays, ASSUMPTIONS.logDelayMs.median) - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(share(delays, ASSUMPTIONS.logDelayMs.p95) - 0.95)).toBeLessThan(0.015);
    expect(overtaken / delays.length).toBeLessThan(0.01);
  });

  test('varies slowly: alike after seconds, unrelated after minutes', () => {
    const correlation = (gapMs: number) => {
      const pairs = Array.from({ length: 3_000 }, (_, seed) => {
        const delay = new LogDelay(seededRandom(seed * 104_729), ASSUMPTIONS.logDelayMs);
        const at = START_MS + (seed % 60) * 1_000;
        return [Math.log(delay.at(at)), Math.log(delay.at(at + gapMs))] as const;
      });
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const [a, b] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
      const covariance = mean(pairs.map(([x, y]) => (x - a) * (y - b)));
      return covariance / Math.sqrt(mean(pairs.map(([x]) => (x - a) ** 2)) * mean(pairs.map(([, y]) => (y - b) ** 2)));
    };
    expect(correlation(5_000)).toBeGreaterThan(0.9);
    expect(correlation(60_000)).toBeGreaterThan(0.2);
    expect(correlation(60_000)).toBeLessThan(0.7);
    expect(Math.abs(correlation(600_000))).toBeLessThan(0.1);
  });
});

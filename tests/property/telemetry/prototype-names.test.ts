import fc from 'fast-check';
import { law } from '../../../shared/law/law.ts';
import type { LawState } from '../../../shared/law/state.ts';
import type { LawOutput } from '../../../shared/law/types.ts';
import { aggregate, type Directory, readBatch } from '../../../shared/telemetry/aggregate.ts';
import { publishAddition } from '../../../shared/telemetry/emf.ts';
import { keyCountsOf } from '../../../shared/telemetry/key-counts.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { decodeWindow, encodeWindow } from '../../../shared/telemetry/window-codec.ts';
import { mergeParts } from '../../../shared/telemetry/windows.ts';
import { inputOf } from '../../support/builders/law-input.ts';
import { line, THROTTLED } from '../../unit/telemetry/lines.ts';

/** Names that every ordinary object answers to, whatever was stored in it. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype);
const T0 = Date.UTC(2031, 0, 1);

const keyId = fc.oneof(fc.constantFrom(...INHERITED), fc.constantFrom('key1', 'key2'));
const tier = fc.oneof(fc.constantFrom(...INHERITED), fc.constantFrom('premium', 'basic'));
const directory = fc.array(fc.tuple(keyId, tier), { maxLength: 6 });
const requests = fc.array(fc.tuple(keyId, fc.boolean()), { minLength: 1, maxLength: 40 });
const batch = fc.record({ directory, requests, stream: fc.constantFrom(...INHERITED, 'stream1') });
type Batch = typeof batch extends fc.Arbitrary<infer Value> ? Value : never;

function windowsOf({ directory, requests, stream }: Batch, startMs: number): readonly Window[] {
  const events = requests.map(([apiKeyId, isThrottled]) => ({
    timestamp: startMs + 1_000,
    message: line({ apiKeyId, ...(isThrottled ? THROTTLED : {}) }),
  }));
  const { records, apis } = readBatch(events);
  const known: Directory = { tierOf: new Map(directory), slowMs: 500 };
  const directories = new Map(apis.map(({ apiId, stage }) => [`${apiId}/${stage}`, known]));
  const addition = aggregate(events, records, directories, startMs + 11_000, stream);
  expect(addition.poisonedLines).toBe(0);
  return addition.apis.flatMap(({ windows }) => windows);
}

const totalOf = ({ cells }: Window) =>
  Object.values(cells)
    .flatMap((methods) => Object.values(methods))
    .reduce((sum, cell) => sum + cell.requests, 0);

test('a line whose key or tier has the name of an inherited property is counted like any other, also from the table', () => {
  fc.assert(
    fc.property(batch, (one) => {
      const [window] = windowsOf(one, T0);
      if (!window) throw new Error('There is a window.');
      const stored = decodeWindow(encodeWindow(window));
      expect(stored).toEqual(window);
      expect(totalOf(window)).toBe(one.requests.length);
      const counted = new Map<string, number>();
      for (const [key] of one.requests) counted.set(key, (counted.get(key) ?? 0) + 1);
      const named = Object.entries(stored?.keys ?? {}).map(([key, counts]) => [key, counts.requests['/data/GET']]);
      expect(new Map(named as [string, number][])).toEqual(counted);
      expect(totalOf(mergeParts([window, window]))).toBe(2 * one.requests.length);
      publishAddition({ apiId: 'a', stage: 's' }, [window], () => undefined);
    }),
  );
});

test('the law decides on such windows, tick after tick, with finite limits', () => {
  fc.assert(
    fc.property(fc.array(batch, { minLength: 2, maxLength: 4 }), (batches) => {
      let output: LawOutput<LawState> | undefined;
      batches.forEach((one, index) => {
        const startMs = T0 + index * 10_000;
        const windows = windowsOf(one, startMs).map((window) => decodeWindow(encodeWindow(window)) as Window);
        const state = output && (JSON.parse(JSON.stringify(output.state)) as LawState);
        output = law(inputOf({ state, windows, now: startMs + 20_000 }));
        const { stage, tiers } = output.desired;
        for (const { rateRps, burst } of [...Object.values(stage), ...Object.values(tiers)]) {
          expect(Number.isFinite(rateRps) && Number.isFinite(burst)).toBe(true);
        }
      });
    }),
    { numRuns: 80 },
  );
});

test('keys are counted by tier, whatever the tier is called', () => {
  fc.assert(
    fc.property(fc.array(tier), (tiers) => {
      const counts = keyCountsOf(tiers);
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(tiers.length);
    }),
  );
});

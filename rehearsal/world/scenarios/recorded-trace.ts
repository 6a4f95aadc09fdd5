import type { Rps } from '../../../shared/platform/units.ts';
import type { Scenario } from '../scenario.ts';
import { scaled } from '../traffic/rate.ts';
import { replay, type Trace } from '../traffic/trace-file.ts';
import { BACKEND, HONEST_RPS, honestGroups, METHODS, OBJECTIVE } from './common.ts';

/** Default peak of a replayed recording: somewhat above the backend's capacity. */
export const DEFAULT_PEAK_RPS = 2500;

/** Replays a recording as the demand of the honest clients, split over the tiers as at rest. */
export function traceScenario(trace: Trace, peakRps: Rps = DEFAULT_PEAK_RPS): Scenario {
  const total = replay(trace, peakRps);
  const durationSeconds = Math.ceil(trace.lengthSeconds);
  return {
    name: 'trace',
    title: `A recording of ${durationSeconds} s, replayed with a peak of ${peakRps} rps.`,
    durationSeconds,
    onsetSeconds: 0,
    surgeEndSeconds: durationSeconds,
    objective: OBJECTIVE,
    methods: METHODS,
    groups: honestGroups((restRps) => scaled(total, restRps / HONEST_RPS)),
    backend: BACKEND,
  };
}

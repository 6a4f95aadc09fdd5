import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HONEST_RPS } from '../../rehearsal/world/scenarios/common.ts';
import { parseTrace, replay, type Trace } from '../../rehearsal/world/traffic/trace-file.ts';
import type { BenchScenario } from './bench-scenario.ts';
import { backend, family, honest, usualInTheMean } from './family.ts';

/** Below this variable's folder lie the recordings; without it these scenarios are left out. */
export const DATA_VARIABLE = 'TIDEGATE_DATA';

/** Of all honest clients together, where the backend bears about 1,900. */
const PEAK_RPS = 2800;
const LENGTH = 1800;
const DAY = 86_400;

const RECORDINGS = [
  { name: 'recorded-site', file: 'worldcup98_1998-06-10_1998-06-12.csv', what: 'a web site in front of many' },
  { name: 'recorded-ingress', file: 'ms_data_ingress_rate_04.csv', what: 'data ingress with outages' },
  { name: 'recorded-queries', file: 'ms_mongodb_app_query_rate_03.csv', what: "an application's queries" },
] as const;

/** The scenarios whose recordings lie in `folder`/traces, and a word for each that has none. */
export function recordedDays(folder: string | undefined): { scenarios: BenchScenario[]; leftOut: string[] } {
  const isThere = ({ file }: (typeof RECORDINGS)[number]) =>
    folder !== undefined && existsSync(join(folder, 'traces', file));
  return {
    scenarios: RECORDINGS.filter(isThere).map(({ name, file, what }) =>
      recordedDay(name, join(folder ?? '', 'traces', file), what),
    ),
    leftOut: RECORDINGS.filter((recording) => !isThere(recording)).map(
      ({ name, file }) => `${name} is left out: no traces/${file} in the folder that ${DATA_VARIABLE} names.`,
    ),
  };
}

function recordedDay(name: string, file: string, what: string): BenchScenario {
  let trace: Trace | undefined;
  return family(name, `A recorded day of ${what} in half an hour, its peak above the capacity.`, (jitter) => {
    trace ??= parseTrace(readFileSync(file, 'utf8'));
    const day = jitter.index(Math.floor(trace.lengthSeconds / DAY));
    const peakRps = jitter.level(PEAK_RPS, 0.1);
    const rate = replay(dayOf(trace, day), peakRps / HONEST_RPS);
    return {
      durationSeconds: LENGTH,
      onsetSeconds: 0,
      surgeEndSeconds: LENGTH,
      // Before the day begins no more is asked than at rest, whatever the recording begins with.
      groups: usualInTheMean(
        honest(jitter, (seconds) => (seconds > 0 ? rate((seconds * DAY) / LENGTH) : Math.min(1, rate(0)))),
        LENGTH,
      ),
      backend: backend(jitter),
    };
  });
}

function dayOf({ seconds, values, stepSeconds }: Trace, day: number): Trace {
  const from = seconds.findIndex((second) => second >= day * DAY);
  const next = seconds.findIndex((second) => second >= (day + 1) * DAY);
  const to = next < 0 ? seconds.length : next;
  return {
    seconds: seconds.slice(from, to).map((second) => second - day * DAY),
    values: values.slice(from, to),
    stepSeconds,
    lengthSeconds: DAY,
  };
}

import type { OtherNumbers } from '../laws/other-numbers.ts';
import type { Job } from '../runner/job.ts';
import { jobsOf } from '../runner/job-list.ts';
import { STILL, YARDSTICK } from '../runner/soundness.ts';
import { TUNING_SIZE } from '../scenarios/size.ts';

const LAW = 'next';

/** Each of them asks for another part of the law; none needs recorded data. */
export const STORIES: readonly string[] = [
  // Which tier pays in a surge: allocation, usual demand, plans.
  'brief-premium',
  // Many small keys surge at once: newcomers, chance, how often clients try.
  'basic-crowd',
  // The estimate falls and climbs back.
  'capacity-drop',
  // Nothing completes: let in what shows the end of it, and let go.
  'hang',
  // Goodput falls under overload: backlog and drain.
  'collapse',
  // One method at twenty times the cost: the mix and the stage's methods.
  'costly-method',
  // Errors that come from load, and errors that do not: the verdict.
  'load-errors',
  'error-outage',
  // Nothing happens: writes and false throttles for nothing.
  'quiet',
  // A steady backend above the objective: nature against load.
  'slow-by-nature',
  // One slow tenant beside a healthy backend.
  'slow-tenant',
  // Without a calm day behind it: the first estimate.
  'brief-unknown',
];

/** Played with telemetry of whole minutes too: some numbers decide there alone. */
const BY_MINUTES = ['brief-premium'] as const;

export interface Part {
  readonly stories: readonly string[];
  readonly seeds: readonly number[];
}

const choice = ({ stories: scenarios, seeds }: Part) => ({ scenarios, seeds, sizes: [TUNING_SIZE] });

/** The law under test with these numbers in place of its own. */
export function ablationJobs(part: Part, numbers: OtherNumbers): Job[] {
  const minutes = { ...part, stories: part.stories.filter((name) => BY_MINUTES.some((each) => each === name)) };
  return [
    ...jobsOf({ ...choice(part), laws: [LAW], numbers }),
    ...jobsOf({ ...choice(minutes), laws: [`${LAW}-minutes`], numbers }),
  ];
}

/** What reach and harm are held against. */
export const boundJobs = (part: Part): Job[] => jobsOf({ ...choice(part), laws: [YARDSTICK, STILL] });

import type { Decision } from '../../../shared/state/decisions.ts';
import { type StartedControl, startControl } from './start-control.ts';
import { SCHEDULE } from './world.ts';

export const MINUTE_MS = 60_000;
/** What the law of these stories wants of the stage, below its baseline of 2,000. */
export const LAW_WANTS = 1500;

/** Control whose law wants the same whatever happens: what else moves a limit is an override. */
export const startOverridden = (): Promise<StartedControl> =>
  startControl(({ live }) => ({ desired: { ...live, stage: { '*/*': { rateRps: LAW_WANTS, burst: 45 } } } }));

/** The last decision about limits, not about a parameter. */
export async function lastDecision(control: StartedControl): Promise<Decision | undefined> {
  return (await control.decisions()).filter(({ rule }) => !/-(ordered|rejected)$/.test(rule)).at(-1);
}

export const stageRate = ({ world }: StartedControl): number | undefined => world.stage['*/*']?.throttlingRateLimit;

/** The next scheduled tick. @returns what it decided */
export async function minute(control: StartedControl): Promise<Decision | undefined> {
  control.world.now += MINUTE_MS;
  await control.run(SCHEDULE);
  return await lastDecision(control);
}

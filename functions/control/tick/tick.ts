import type { StageOutcome } from '../../../shared/state/decisions.ts';
import { steer } from '../../../shared/steering/steer.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { letGo } from '../operator/leaving.ts';
import type { Look } from './look.ts';
import { observe } from './observe.ts';
import { recordDecided } from './record-decided.ts';
import { recordFindings } from './record-findings.ts';
import { remember } from './remember.ts';
import { writeLimits } from './write-limits.ts';

/**
 * One run of the loop for one API, under its lease: read everything, decide, write everything, record.
 * @returns whether the tick came to its end: limits that could not be written have to be decided anew
 */
export async function tick(dependencies: ControlDependencies, look: Look): Promise<boolean> {
  const { law, baseline: deployed } = dependencies;
  const observation = await observe(dependencies, look);
  const steering = steer(observation, { governed: look.governed, deployed, law }, look.trigger);
  await recordFindings(dependencies, look, { observation, steering });
  const stageOutcome = await writeLimits(dependencies, look, { observation, steering });
  await recordDecided(dependencies, look, { ...steering.decision, stageOutcome });
  if (!steering.isFinal) return true;
  if (!IN_FORCE.has(stageOutcome)) return false;
  await remember(dependencies, look, { observation, steering });
  await letGo(dependencies, look, { observation, steering, stageOutcome });
  return true;
}

const IN_FORCE: ReadonlySet<StageOutcome> = new Set(['written', 'unchanged', 'not-enforced']);

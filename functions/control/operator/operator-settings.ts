import { claimRefusal, saveKnownGood } from '../../../shared/state/known-documents.ts';
import type { Governed } from '../../../shared/steering/governed.ts';
import type { Trigger } from '../../../shared/steering/trigger.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { type LoadedOverrides, type OverrideNews, withOverrides } from './accept-overrides.ts';
import { loadPolicies, type Refusal, readSwitch } from './accept-policies.ts';
import { attemptParameter } from './attempt-parameter.ts';
import { withLeaving } from './leaving.ts';
import { noteGoverned } from './note-governed.ts';
import { noteOverride, noteRefusal } from './notices.ts';
import { endBake } from './rollback.ts';

/** The operators' settings, read again for every look because events may be lost. */
export interface Rules {
  readonly isPaused: boolean;
  readonly governed: readonly Governed[];
}

/**
 * Reads switch, policies and overrides; records and announces each change once. A failure with one parameter does not affect
 * the others and is retried at the next look.
 */
export async function readRules(dependencies: ControlDependencies, trigger: Trigger): Promise<Rules> {
  const { isPaused, refusals } = await readSwitch(dependencies);
  let loaded = await load(dependencies);
  let isAnyTakenBack = false;
  for (const each of loaded.governed) {
    await attemptParameter(dependencies, each.name, async () => {
      isAnyTakenBack = (await endBake(dependencies, each, isPaused)) || isAnyTakenBack;
    });
  }
  if (isAnyTakenBack) loaded = await load(dependencies);
  const { governed, news } = loaded;
  for (const refusal of [...refusals, ...loaded.refusals]) {
    await attemptParameter(dependencies, refusal.name, () =>
      announceRefusal(dependencies, refusal, { governed, trigger }),
    );
  }
  for (const each of news) {
    await attemptParameter(dependencies, each.override.name, () =>
      announceOverride(dependencies, each, { governed, trigger }),
    );
  }
  await noteGoverned(dependencies, loaded);
  return { isPaused, governed };
}

async function load(dependencies: ControlDependencies): Promise<LoadedOverrides> {
  return await withLeaving(dependencies, await withOverrides(dependencies, await loadPolicies(dependencies)));
}

interface Round {
  readonly governed: readonly Governed[];
  readonly trigger: Trigger;
}

async function announceRefusal(
  dependencies: ControlDependencies,
  refusal: Refusal,
  { governed, trigger }: Round,
): Promise<void> {
  const { kind, name, version } = refusal;
  if (!(await claimRefusal(dependencies.table, kind, name, version))) return;
  const inForce = governed.find((each) => each.name === name || each.override?.name === name);
  await noteRefusal(dependencies, refusal, { trigger, governed: inForce });
}

/** Records an override, then stores it: after a crash in between, it is recorded again under the same key. */
async function announceOverride(
  dependencies: ControlDependencies,
  { override, document }: OverrideNews,
  { governed, trigger }: Round,
): Promise<void> {
  const owner = governed.find((each) => each.override?.name === override.name);
  await noteOverride(dependencies, override, { trigger, governed: owner });
  const { name, version, sinceMs, by } = override;
  const good = { name, version, document, modifiedMs: sinceMs, ...(by && { by }) };
  await saveKnownGood(dependencies.table, 'OVERRIDE', good);
}

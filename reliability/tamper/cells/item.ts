import type { DeployedService } from '../../../rehearsal/run/deployed-stack.ts';
import type { Item } from '../../overlap/cloud-snapshot.ts';

/** The text of an attribute; empty where there is none. */
export const textOf = (item: Item, name: string): string => item[name]?.S ?? '';

/** Names that depend on the deployment or on what happened, and so cannot tell one kind of item from another. */
export interface OutsideNames {
  readonly api: string;
  readonly tiers: readonly string[];
  readonly planIds: readonly string[];
}

export function outsideNames({ apiId, stageName, tiers }: DeployedService): OutsideNames {
  return {
    api: `${apiId}/${stageName}`,
    tiers: Object.keys(tiers),
    planIds: Object.values(tiers).map(({ planId }) => planId),
  };
}

/** The kind of an item, as docs/state.md writes its key: `API#<api> applied#tier#<tier>`. */
export function kindOf(item: Item, names: OutsideNames): string {
  return `${patternOf(textOf(item, 'pk'), names)} ${patternOf(textOf(item, 'sk'), names)}`;
}

function patternOf(key: string, { api, tiers, planIds }: OutsideNames): string {
  if (key.startsWith('/')) return '<parameter>';
  return key
    .replace(api, '<api>')
    .replace(/^\d{15}#.*$/, '<time>#<id>')
    .replace(/^keys#\d+$/, 'keys#<chunk>')
    .split('#')
    .map((part) => (tiers.includes(part) ? '<tier>' : planIds.includes(part) ? '<plan>' : part))
    .join('#');
}

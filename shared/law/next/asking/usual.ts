import { emptyRecord, own } from '../../../platform/records.ts';
import type { KeyId, Rps, TierName } from '../../../platform/units.ts';
import { NUMBERS } from '../constants.ts';
import { LAW_POLICY } from '../law-policy.ts';
import type { Usual } from '../next-state.ts';
import { restOf, rpsOf, type Seen } from './asked-demand.ts';

const MOST_KEYS = 256;
/** Before so much calm was seen nobody is new. */
const WARM_UP_SECONDS = 120;

/** What is usual after one more calm window; called in calm alone. */
export function learnUsual(usual: Usual, seen: Readonly<Record<KeyId, Seen>>, seconds: number): Usual {
  const gain = Math.max(1 - 0.5 ** (seconds / LAW_POLICY.usualHalfLifeSeconds), seconds / (usual.seconds + seconds));
  const keys: Record<KeyId, { tier: TierName; rps: Rps }> = { ...usual.keys };
  const rest = emptyRecord<{ rps: Rps; count: number }>();
  for (const [tier, known] of Object.entries(usual.rest)) rest[tier] = known;
  for (const [key, entry] of Object.entries(seen)) {
    const perKey = rpsOf(entry) / entry.count;
    if (key === restOf(entry.tier)) {
      const before = own(rest, entry.tier) ?? { rps: perKey, count: entry.count };
      rest[entry.tier] = {
        rps: before.rps + gain * (perKey - before.rps),
        count: before.count + gain * (entry.count - before.count),
      };
      continue;
    }
    const before = own(keys, key)?.rps ?? firstUsual(usual, entry.tier, perKey);
    keys[key] = { tier: entry.tier, rps: before + gain * (perKey - before) };
  }
  return { seconds: usual.seconds + seconds, keys: heaviest(keys, usual.keys), rest };
}

/** A newcomer in calm is usual up to what a busy key of its tier asks for: the rest it must ask for over time. */
function firstUsual(usual: Usual, tier: TierName, rps: Rps): Rps {
  if (usual.seconds < WARM_UP_SECONDS) return rps;
  return Math.min(rps, tierQuantile(usual, tier, NUMBERS.newcomerQuantile) ?? rps);
}

/** What is usual for a key: its own, or what is usual in its tier; undefined where nothing is known. */
export function usualOf(usual: Usual, key: KeyId, tier: TierName): Rps | undefined {
  if (key === restOf(tier)) return own(usual.rest, tier)?.rps ?? tierQuantile(usual, tier, 0.5);
  return own(usual.keys, key)?.rps ?? tierQuantile(usual, tier, 0.5);
}

function tierQuantile({ keys, rest }: Usual, tier: TierName, share: number): Rps | undefined {
  const named = Object.values(keys).filter((key) => key.tier === tier);
  const others = own(rest, tier);
  const list = [...named.map(({ rps }) => ({ rps, count: 1 })), ...(others ? [others] : [])];
  if (list.length === 0) return undefined;
  list.sort((a, b) => a.rps - b.rps);
  const wanted = share * list.reduce((sum, { count }) => sum + count, 0);
  let below = 0;
  for (const { rps, count } of list) {
    below += count;
    if (below >= wanted) return rps;
  }
  return list.at(-1)?.rps;
}

/** As many as the state holds: whoever was known stays, newcomers fill what is free. */
function heaviest(keys: Usual['keys'], known: Usual['keys']): Usual['keys'] {
  const list = Object.entries(keys);
  if (list.length <= MOST_KEYS) return keys;
  const rank = (key: KeyId, rps: Rps) => (own(known, key) === undefined ? rps - 1e9 : rps);
  return Object.fromEntries(list.sort(([a, x], [b, y]) => rank(b, y.rps) - rank(a, x.rps)).slice(0, MOST_KEYS));
}

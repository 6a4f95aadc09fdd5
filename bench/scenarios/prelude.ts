import type { Scenario } from '../../rehearsal/world/scenario.ts';
import type { RateFunction } from '../../rehearsal/world/traffic/rate.ts';
import type { TelemetryTrouble } from './bench-scenario.ts';

/**
 * How long everything is at rest before a story begins. A control plane watches an API for weeks before its first
 * incident; one that is deployed two minutes earlier has not even seen CloudWatch's first minute.
 */
const REST_SECONDS = 300;

const later = (seconds: number): number => seconds + REST_SECONDS;

/** The value at the story's first second, until the story begins. */
function postponed(course: RateFunction): RateFunction {
  return (seconds) => course(Math.max(0, seconds - REST_SECONDS));
}

/** The same story after some minutes in which everything stands as it does at its first second. */
export function afterRest(scenario: Scenario): Scenario {
  const { backend, groups, durationSeconds, onsetSeconds, surgeEndSeconds, troubleEndSeconds } = scenario;
  const { capacity, fastFailureShare, slowness, dependencyCups } = backend;
  return {
    ...scenario,
    durationSeconds: later(durationSeconds),
    onsetSeconds: later(onsetSeconds),
    surgeEndSeconds: later(surgeEndSeconds),
    preludeSeconds: REST_SECONDS,
    ...(troubleEndSeconds !== undefined && { troubleEndSeconds: later(troubleEndSeconds) }),
    groups: groups.map((group) => ({ ...group, demand: postponed(group.demand) })),
    backend: {
      ...backend,
      capacity: postponed(capacity),
      ...(fastFailureShare && { fastFailureShare: postponed(fastFailureShare) }),
      ...(slowness && { slowness: postponed(slowness) }),
      ...(dependencyCups && { dependencyCups: postponed(dependencyCups) }),
    },
  };
}

/** The same trouble, at the same moments of the story. */
export function troubleAfterRest({ lost, late }: TelemetryTrouble): TelemetryTrouble {
  return {
    lost: lost.map((spell) => ({ ...spell, from: later(spell.from), to: later(spell.to) })),
    late: late.map((spell) => ({ ...spell, from: later(spell.from), to: later(spell.to) })),
  };
}

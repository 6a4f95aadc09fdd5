import type { GatewayPort } from '@tidegate/embedded-aws/gateway';
import type { Door } from '../../rehearsal/world/world-door.ts';
import type { Baseline, Law } from '../../shared/law/types.ts';
import type { Policy } from '../../shared/policy/schema/policy-schema.ts';
import type { TelemetryMode } from '../loop/bench-telemetry.ts';
import type { Knowledge } from './knowledge.ts';

export interface LawContext {
  readonly policy: Policy;
  readonly baseline: Baseline;
  /** For the bounds alone: no other law may look. */
  readonly knowledge: Knowledge;
}

/** A law as the benchmark plays it. */
export interface BenchLaw {
  readonly name: string;
  /** What it learns of the present, and how late. */
  readonly telemetry: TelemetryMode;
  /** How often it looks of its own accord; a minute when absent. It also looks whenever a window arrives. */
  readonly tickSeconds?: number;
  /** It keeps what it learns in its state, so a story begins with a calm day behind it. */
  readonly isLearning?: boolean;
  create(context: LawContext): Law<unknown>;
  /** Takes the place of the gateway's door: only for a bound without actuators. */
  readonly door?: (context: LawContext) => (gateway: GatewayPort) => Door;
}

/** A law of any state as one whose state nobody else reads. */
export function opaque<State>(law: Law<State>): Law<unknown> {
  return (input) => law({ ...input, state: input.state as State | undefined });
}

import { NUMBERS } from '../../shared/law/next/constants.ts';
import { LAW_POLICY } from '../../shared/law/next/law-policy.ts';
import { nextLaw } from '../../shared/law/next/next-law.ts';
import type { TelemetryMode } from '../loop/bench-telemetry.ts';
import { type BenchLaw, opaque } from './bench-law.ts';

/** Other values of the law's numbers, for a run by hand: a JSON object by name. */
const others: Record<string, number> = JSON.parse(process.env.TIDEGATE_NUMBERS ?? '{}');
for (const [name, value] of Object.entries(others))
  Object.assign(name in NUMBERS ? NUMBERS : LAW_POLICY, { [name]: value });

const withTelemetry = (name: string, telemetry: TelemetryMode): BenchLaw => ({
  name,
  telemetry,
  isLearning: true,
  create: () => opaque(nextLaw),
});

/** The next law, by how late it learns what happened. */
export const NEXT: readonly BenchLaw[] = [
  withTelemetry('next', { kind: 'windows', ageSeconds: 10 }),
  withTelemetry('next-30s', { kind: 'windows', ageSeconds: 30 }),
  withTelemetry('next-streams', { kind: 'streams' }),
  withTelemetry('next-minutes', { kind: 'minutes' }),
];

import { nextLaw } from '../../shared/law/next/next-law.ts';
import type { TelemetryMode } from '../loop/bench-telemetry.ts';
import { type BenchLaw, opaque } from './bench-law.ts';

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

/** Whether a law decides by the numbers that `other-numbers.ts` replaces. */
export const hasNumbers = (law: string): boolean => NEXT.some(({ name }) => name === law);

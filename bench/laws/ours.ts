import { law } from '../../shared/law/law.ts';
import type { TelemetryMode } from '../loop/bench-telemetry.ts';
import { type BenchLaw, opaque } from './bench-law.ts';

const withTelemetry = (name: string, telemetry: TelemetryMode): BenchLaw => ({
  name,
  telemetry,
  isLearning: true,
  create: () => opaque(law),
});

/** The product's law, by how late it learns what happened. */
export const OURS: readonly BenchLaw[] = [
  withTelemetry('tidegate', { kind: 'windows', ageSeconds: 10 }),
  withTelemetry('tidegate-30s', { kind: 'windows', ageSeconds: 30 }),
  withTelemetry('tidegate-60s', { kind: 'windows', ageSeconds: 60 }),
  withTelemetry('tidegate-streams', { kind: 'streams' }),
  withTelemetry('tidegate-minutes', { kind: 'minutes' }),
];

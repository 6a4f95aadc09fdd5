import type { BenchTelemetry, TelemetryMode, TelemetryOptions } from './bench-telemetry.ts';
import { MinuteTelemetry } from './minute-telemetry.ts';
import { StreamTelemetry } from './stream-telemetry.ts';
import { WindowTelemetry } from './window-telemetry.ts';

export function benchTelemetry(mode: TelemetryMode, options: TelemetryOptions): BenchTelemetry {
  switch (mode.kind) {
    case 'windows':
      return new WindowTelemetry(mode.ageSeconds, options);
    case 'streams':
      return new StreamTelemetry(options);
    case 'minutes':
      return new MinuteTelemetry(options);
    case 'none':
      return { add: () => undefined, windowsAfter: () => [] };
  }
}

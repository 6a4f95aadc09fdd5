/** The checked files of `config/`, as far as the laptop commands need them. */
export function readConfiguration(
  folder?: URL,
): Promise<{ readonly tiers: Readonly<Record<string, unknown>>; readonly policy: Readonly<Record<string, unknown>> }>;

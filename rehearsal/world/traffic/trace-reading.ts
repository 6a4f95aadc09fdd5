/** An account of a recording for its provider. */
export interface TraceReading {
  /** Those with a value. */
  readonly rows: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly stepSeconds: number;
  readonly smallest: number;
  readonly largest: number;
  /** Where two rows are farther apart than the step, oldest first. */
  readonly gaps: readonly { readonly seconds: number; readonly line: number }[];
  readonly emptyRows: number;
  /** Line of the row that was left out because it repeats the hour before. */
  readonly repeatedLine: number | undefined;
  readonly hasOffsets: boolean;
  readonly unusedColumns: readonly string[];
}

/** Sentences, one per line, on what was read and what was interpreted or left out. */
export function describeReading(reading: TraceReading): string[] {
  const { rows, emptyRows, repeatedLine, stepSeconds, smallest, largest, unusedColumns } = reading;
  const [from, to] = [reading.firstMs, reading.lastMs].map((timeMs) =>
    new Date(timeMs).toISOString().replace('.000Z', 'Z'),
  );
  return [
    `${rows} rows from ${from} to ${to}, a step of ${stepSeconds} s, values from ${smallest} to ${largest}; ${describeGaps(reading)}.`,
    ...(emptyRows > 0 ? [`Rows without a value, left out of the replay: ${emptyRows}.`] : []),
    ...(repeatedLine === undefined
      ? []
      : [`Line ${repeatedLine} repeats the hour before, as when a clock is set back, and is left out.`]),
    ...(reading.hasOffsets ? [] : ['The times name no offset from UTC and are read as UTC.']),
    ...(unusedColumns.length > 0 ? [`Columns that are not used: ${unusedColumns.join(', ')}.`] : []),
  ];
}

function describeGaps({ gaps }: TraceReading): string {
  const [first, ...others] = gaps;
  if (!first) return 'no gaps';
  const longest = others.reduce((most, gap) => (gap.seconds > most.seconds ? gap : most), first);
  const bridged = 'bridged in a straight line';
  if (others.length === 0) return `one gap, ${first.seconds} s before line ${first.line}, is ${bridged}`;
  return `${gaps.length} gaps, the longest ${longest.seconds} s before line ${longest.line}, are ${bridged}`;
}

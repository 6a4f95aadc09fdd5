/** One datum of a metric that a service publishes by itself, in a namespace of AWS's own. */
export interface VendedMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, string>;
  readonly unit?: string;
  readonly timestampMs: number;
  readonly value: number;
}

/** Where such data go; called many times a second. */
export type RecordMetric = (datum: VendedMetric) => void;

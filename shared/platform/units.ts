/** Requests per second. Fractions are allowed by API Gateway for a rate, never for a burst. */
export type Rps = number;
/** Cost units per second: requests weighted by what each costs the backend (policy `methodCost`, 1 by default). */
export type CostUnitsPerSecond = number;
/** Milliseconds since the Unix epoch. */
export type EpochMs = number;
/** `premium`, `standard`, `basic`, `internal`, or `unknown` for a key that the directory does not hold. */
export type TierName = string;
/** A method as API Gateway's plans spell it: path, then verb, `/orders/POST`. */
export type MethodKey = string;
/** The id of an API key; never its value. */
export type KeyId = string;

/** A token bucket's two numbers: refill in requests per second, capacity in requests (a whole number of at least 1). */
export interface Limit {
  readonly rateRps: Rps;
  readonly burst: number;
}

/** All limits of one governed API. */
export interface Limits {
  /** Stage method settings by key: the default is the string `*` slash `*`, an override for example `/orders/POST`. */
  readonly stage: Readonly<Record<string, Limit>>;
  /** The limit that every key of a tier's plan has. */
  readonly tiers: Readonly<Record<TierName, Limit>>;
}

/** Requests per second. Fractions are allowed by API Gateway for a rate, never for a burst. */
export type Rps = number;
/** Cost units per second: requests weighted by what each costs the backend (policy `methodCost`, 1 by default). */
export type CostUnitsPerSecond = number;
/** Milliseconds since the Unix epoch. */
export type EpochMs = number;
/** `premium`, `standard`, `basic`, `internal`, or `unknown` for a key that the directory does not hold. */
export type TierName = string;
/** The id of an API key; never its value. */
export type KeyId = string;

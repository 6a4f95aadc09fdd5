/** Milliseconds since the Unix epoch. */
export type EpochMs = number;
/** The id of an API key; never its value. */
export type KeyId = string;
/** A method as usage plans spell it: path, then verb, `/orders/POST`. */
export type MethodKey = string;

/** A token bucket's two numbers: refill in requests per second, capacity in requests. */
export interface Limit {
  readonly rateRps: number;
  readonly burst: number;
}

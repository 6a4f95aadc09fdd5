/** What can be made to happen to a call. */
export const FAULT_KINDS = {
  error: 'fails before it acts, with a 500',
  down: 'fails before it acts, with a 503',
  throttle: "is refused with the service's own throttling error",
  lost: 'acts, then the connection breaks: the caller does not know',
  timeout: 'acts, then never answers: the caller waits until its own time is up',
  kill: 'acts, then the calling function dies on the spot',
  late: 'acts, and answers after the given time',
  stale:
    'acts, but answers what it answered to the same call in the hour before the fault began; delivers what it delivered then',
  partial: 'answers, or delivers, with pages, items or fields missing',
  garbage: 'answers, or delivers, in the right form with nonsense in it',
  duplicate: 'is done twice',
  reorder: 'is delivered at some instant within the given time, so that later ones overtake it',
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;

/** One fault: which calls it strikes, what it does to them, when and how often. */
export interface Fault {
  /** As it was written down. */
  readonly text: string;
  /** A function, an AWS service acting by itself, or one of its rules; absent: everyone but the developer. */
  readonly who?: string;
  /** A service as the embedded AWS calls it: `apigateway`, `monitoring`, `ssm`. */
  readonly service: string;
  /** An operation; `*` stands for any letters. */
  readonly operation: string;
  /** Only calls with this text in their input. */
  readonly containing?: string;
  readonly kind: FaultKind;
  /** Of `late` and `reorder`, milliseconds. */
  readonly durationMs: number;
  /** Most calls struck; `Infinity` without bound. */
  readonly count: number;
  /** Share of the calls struck, 0 to 1, drawn from the seed. */
  readonly share: number;
  /** When it lasts, milliseconds since the faults were put in place: from `fromMs` on, before `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
}

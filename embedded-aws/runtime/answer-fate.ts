import { AsyncLocalStorage } from 'node:async_hooks';

/** What becomes of an answer on its way to a function. */
export interface AnswerFate {
  /** How much later it arrives, in the function's own time; `Infinity` is never. */
  delayMs: number;
  /** `is cut off`: the connection breaks. `kills`: the runtime ends before it sees the answer. */
  end: 'arrives' | 'is cut off' | 'kills';
}

/** Set while the call of a function is under way; whoever carries the answer back obeys it. */
export const answerFate = new AsyncLocalStorage<AnswerFate>();

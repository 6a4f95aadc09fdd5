import { AsyncLocalStorage } from 'node:async_hooks';

/** What becomes of an answer on its way to a function. */
export interface AnswerFate {
  /** How much later it arrives, in the function's own time; `Infinity` is never. */
  delayMs: number;
  /** `is cut off`: the connection breaks. `kills`: the runtime ends before it sees the answer. */
  end: 'arrives' | 'is cut off' | 'kills';
}

/** Set during a function's call; the code that returns the answer obeys it. */
export const answerFate = new AsyncLocalStorage<AnswerFate>();

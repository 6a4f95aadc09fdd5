import * as z from 'zod';
import { tunable } from './tunable.ts';

const ACTIONS = ['reassert', 'adopt', 'hold'] as const;
/** What is done about a limit that somebody else changed. */
export type DriftAction = (typeof ACTIONS)[number];

const action = (initial: DriftAction, who: string) =>
  z
    .enum(ACTIONS)
    .default(initial)
    .meta({
      description: `A limit that ${who} changed. reassert: written again as the law wants it. adopt: it is the new baseline of that limit, and the law starts from it. hold: left alone for holdSeconds, or until the operator resumes.`,
    });

/** A limit that is not what we wrote last: docs/operations.md, "A limit moved and it was not us". */
export const driftSchema = z.strictObject({
  deploy: action('reassert', 'a deploy'),
  human: action('hold', 'a person (CloudTrail names them)'),
  unknown: action('hold', 'nobody is known to have'),
  holdSeconds: tunable(
    1800,
    60,
    604_800,
    'How long a held limit is left alone. Larger: a manual edit stands longer, also against a brake. Smaller: the law has it back sooner.',
  ),
});

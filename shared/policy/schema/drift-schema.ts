import * as z from 'zod';
import { tunable } from './tunable.ts';

const ACTIONS = ['reassert', 'adopt', 'hold'] as const;
/** What to do with a limit that somebody else changed. */
export type DriftAction = (typeof ACTIONS)[number];

const action = (initial: DriftAction, who: string) =>
  z
    .enum(ACTIONS)
    .default(initial)
    .meta({
      description: `What to do with a limit that was changed by ${who}. reassert: write the limit that the law wants. adopt: make the changed value the new baseline, from which the law starts. hold: leave the limit alone for drift.holdSeconds, or until an operator resumes control.`,
    });

/** Limits that differ from the last write of control: docs/operations.md, "A limit moved and it was not us". */
export const driftSchema = z.strictObject({
  deploy: action('reassert', 'a deploy'),
  human: action('hold', 'a person, as CloudTrail shows'),
  unknown: action('hold', 'an unknown author'),
  holdSeconds: tunable(
    1800,
    60,
    604_800,
    'Time in seconds for which a limit that somebody else changed is left alone under the action hold. Larger: a manual edit stays in force longer, even against a cut. Smaller: the law takes the limit back sooner.',
  ),
});

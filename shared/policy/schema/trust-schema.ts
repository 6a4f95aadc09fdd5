import * as z from 'zod';
import { tunable, tunableCount } from './tunable.ts';

/** How far the access log is trusted: AWS's own minute counts are what it is held against. */
export const trustSchema = z.strictObject({
  countToleranceShare: tunable(
    0.25,
    0.02,
    1,
    "Part by which the log's requests of a minute may differ from AWS's own count. Larger: a log that loses lines is believed for longer. Smaller: honest delays are taken for loss.",
  ),
  countToleranceRequests: tunableCount(
    30,
    0,
    100_000,
    'Requests a minute by which they may differ besides. Larger: quiet APIs are never doubted. Smaller: a handful of late lines is.',
  ),
});

import * as z from 'zod';
import { tunable, tunableCount } from './tunable.ts';

/** How far the access log may differ from AWS's own minute counts and still be believed. */
export const trustSchema = z.strictObject({
  countToleranceShare: tunable(
    0.25,
    0.02,
    1,
    "Largest relative difference between the requests that the access log shows in a minute and AWS's own count at which the log is still believed. Larger: an access log that loses lines is believed for longer. Smaller: ordinary delays are taken for lost lines.",
  ),
  countToleranceRequests: tunableCount(
    30,
    0,
    100_000,
    "Requests per minute by which the access log may differ from AWS's own count in addition to trust.countToleranceShare. Larger: the log of a quiet API is never doubted. Smaller: a handful of late lines casts doubt on the log.",
  ),
});

import { NO_LIMITS } from '../../limits/limits.ts';
import type { WayBack } from '../../state/way-back.ts';

/** For an API that control lets go of: the stage is led back from where it stands, whoever took it down. */
export const FROM_HERE: WayBack = { restorePoint: NO_LIMITS, isStageAway: true };

/** For a control that was silent, or has forgotten what it wanted: the stage is led from where it is found. */
export const AFRESH: WayBack = { ...FROM_HERE, isAfterSilence: true };

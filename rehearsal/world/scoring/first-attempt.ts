/** The facts about a first attempt that the scores need. */
export interface FirstAttempt {
  readonly tierIndex: number;
  readonly keyIndex: number;
  readonly cost: number;
  /** The key's baseline bucket would admit it. */
  readonly isWithinContract: boolean;
  /** The key usually asks for as much: see usual-demand.ts. */
  readonly isUsual: boolean;
  readonly isHonest: boolean;
  /** When it arrived, seconds since the scenario's start. */
  readonly arrivalSeconds: number;
}

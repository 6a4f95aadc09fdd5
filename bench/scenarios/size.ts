/**
 * Sizes at which stories are played, as shares of the brief's figures: a backend of 2,200, 220 and 44 cost units a second.
 * Arrivals are Poisson at every size, as they are in service.
 */
export const SIZES: readonly number[] = [1, 0.1, 0.02];

/** The size of the tuning loop, and of the laws that are not played at every size. */
export const TUNING_SIZE = 0.1;

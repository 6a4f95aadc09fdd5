/** Scenarios are played at this share of the brief's figures: a backend of 550 cost units a second instead of 2,200. */
export const SIZE = 0.25;

import { InvalidArgumentError } from 'commander';

/** Reads a whole number of at least so much from a command line. */
export function wholeNumberFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}, found "${text}".`);
  };
}

/** Reads a number above 0 from a command line. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`Expected a number above 0, found "${text}".`);
}

/** Reads whole numbers of at least 1, separated by commas, from a command line. */
export const wholeNumbers = (text: string): number[] => text.split(',').map(wholeNumberFrom(1));

/** Reads numbers above 0, at most 1, separated by commas, from a command line. */
export function sharesOf(text: string): number[] {
  return text.split(',').map((part) => {
    const value = Number(part);
    if (part.trim() !== '' && value > 0 && value <= 1) return value;
    throw new InvalidArgumentError(`Expected a share above 0 and at most 1, found "${part}".`);
  });
}

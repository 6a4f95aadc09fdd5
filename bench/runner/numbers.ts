import { InvalidArgumentError } from 'commander';
import { LAW_NUMBERS, type OtherNumbers } from '../laws/other-numbers.ts';

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

/** Reads other numbers of the next law from a command line: `name=value`, separated by commas. */
export function otherNumbers(text: string): OtherNumbers {
  const pairs = text.split(',').map((part) => {
    const [name = '', typed = ''] = part.split('=');
    const value = Number(typed);
    if (typed.trim() !== '' && Number.isFinite(value) && Object.hasOwn(LAW_NUMBERS, name))
      return [name, value] as const;
    throw new InvalidArgumentError(
      `Expected name=value with one of the names ${Object.keys(LAW_NUMBERS).join(', ')}, found "${part}".`,
    );
  });
  return Object.fromEntries(pairs);
}

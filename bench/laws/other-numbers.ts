import { NUMBERS } from '../../shared/law/next/constants.ts';
import { LAW_POLICY } from '../../shared/law/next/law-policy.ts';

export type NumberName = keyof typeof NUMBERS | keyof typeof LAW_POLICY;

/** Values that replace those of the next law in a run; all others keep their own. */
export type OtherNumbers = Readonly<Partial<Record<NumberName, number>>>;

/** Every number of the next law that decides, with its own value. */
export const LAW_NUMBERS: Readonly<Record<NumberName, number>> = { ...NUMBERS, ...LAW_POLICY };

/** Replaces numbers of the next law in this thread, for good. Call it before the law's other files load: some compute constants as they do. */
export function replaceNumbers(others: OtherNumbers): void {
  for (const [name, value] of Object.entries(others))
    Object.assign(name in NUMBERS ? NUMBERS : LAW_POLICY, { [name]: value });
}

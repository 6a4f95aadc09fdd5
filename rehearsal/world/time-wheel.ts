import type { EpochMs } from '../../shared/platform/units.ts';

/** Items waiting for a whole millisecond not far ahead: adding and taking cost the same however many wait. */
export class TimeWheel<Item> {
  private readonly slots: (Item[] | undefined)[];
  /** Epoch milliseconds exceed 32 bits; a bitwise `and` takes the low ones, which are all that a slot needs. */
  private readonly mask: number;

  /** @param horizonMs no item may lie as far ahead as this; rounded up to a power of two. */
  constructor(horizonMs: number) {
    const size = 2 ** Math.ceil(Math.log2(horizonMs));
    this.slots = new Array(size);
    this.mask = size - 1;
  }

  add(atMs: EpochMs, item: Item): void {
    const index = atMs & this.mask;
    const slot = this.slots[index];
    if (slot) slot.push(item);
    else this.slots[index] = [item];
  }

  /** Removes what waits for `atMs`, in the order it was added. Every millisecond must be asked for once, in order. */
  take(atMs: EpochMs): readonly Item[] | undefined {
    const index = atMs & this.mask;
    const slot = this.slots[index];
    if (slot) this.slots[index] = undefined;
    return slot;
  }
}

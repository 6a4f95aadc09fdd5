/** A later holder of the lease has written: whatever this tick concluded is of the past. */
export class Superseded extends Error {
  override readonly name = 'Superseded';

  constructor() {
    super('The lease has passed on.');
  }
}

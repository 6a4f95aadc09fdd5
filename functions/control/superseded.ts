/** A later holder of the lease has written, so the conclusions of this tick are obsolete. */
export class Superseded extends Error {
  override readonly name = 'Superseded';

  constructor() {
    super('The lease has passed on.');
  }
}

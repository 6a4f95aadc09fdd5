/** Counts the requests that a bundle has sent and not yet seen answered. */
export class InFlight {
  private count = 0;
  /** Called whenever the last open request closes. */
  onIdle: () => void = () => {};

  get isIdle(): boolean {
    return this.count === 0;
  }

  /** Opens one request; the returned function closes it, however often it is called. */
  begin(): () => void {
    let isOpen = true;
    this.count++;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.count--;
      if (this.count === 0) this.onIdle();
    };
  }
}

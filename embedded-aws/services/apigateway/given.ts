/** An SDK input as the wire delivers it: what the operation requires is there, which the SDK's own types leave open. */
export type Given<Request> = {
  [Member in keyof Request]: Record<never, never> extends Pick<Request, Member>
    ? Request[Member]
    : Exclude<Request[Member], undefined>;
};

/** What a history turned out to have; facts that its header leaves out follow from it. */
export interface Implied {
  leases: boolean;
  places: boolean;
  assignments: boolean;
  offsets: boolean;
  transactions: boolean;
  attributes: boolean;
  timed: boolean;
}

export function nothingImplied(): Implied {
  return {
    leases: false,
    places: false,
    assignments: false,
    offsets: false,
    transactions: false,
    attributes: false,
    timed: false,
  };
}

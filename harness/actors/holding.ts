/** What a crash shall find in flight. */
export type Holding =
  | 'unsettledSends'
  | 'unsettledDeliveries'
  | 'halfTransformed'
  | 'effectsAlone'
  | 'offsetsIncluded'
  | 'committed';

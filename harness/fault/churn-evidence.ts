/** Consumers that came and went while others worked. */
export interface ChurnedConsumers {
  readonly kind: 'churn-consumers';
  /** Turns that were planned, and those that were carried out before the load was over. */
  readonly planned: number;
  readonly carriedOut: number;
  /** Consumers that came and got deliveries. */
  readonly joined: number;
  /** Those that left in good order with deliveries in their hands. */
  readonly left: number;
  /** Those that were terminated with deliveries in their hands. */
  readonly crashed: number;
}

/** Whoever comes and gets nothing, or goes with empty hands, proves nothing: one of each kind must have done else. */
export function didChurn({
  planned,
  carriedOut,
  joined,
  left,
  crashed,
}: ChurnedConsumers): boolean {
  return carriedOut === planned && joined > 0 && left > 0 && crashed > 0;
}

export function describeChurn(
  evidence: ChurnedConsumers,
): readonly (readonly [string, string | number])[] {
  const { planned, carriedOut, joined, left, crashed } = evidence;
  return [
    ['turns carried out', `${carriedOut} of ${planned}`],
    ['came and got deliveries', joined],
    ['left with deliveries in hand', left],
    ['crashed with deliveries in hand', crashed],
  ];
}

/** What is known of a job that stood still until another had taken its place. */
export interface ReplacedStalled {
  readonly kind: 'replace-stalled';
  /** It stood still with work half done. */
  readonly stood: boolean;
  readonly stoodMs: number;
  readonly successor: string;
  /** Copies that its successor had settled, alone or in a transaction, from the end of its leases until it went on. */
  readonly settledMeanwhile: number;
  /** It went on, and ended in good order. */
  readonly wentOn: boolean;
}

/** Else nobody was overtaken: it would have been a pause like any other, or a crash. */
export function wasReplaced(evidence: ReplacedStalled): boolean {
  return evidence.stood && evidence.settledMeanwhile > 0 && evidence.wentOn;
}

export function describeReplaced(
  evidence: ReplacedStalled,
): readonly (readonly [string, string | number])[] {
  return [
    ['stood still with work half done', evidence.stood ? 'yes' : 'no'],
    ['milliseconds it stood still', Math.round(evidence.stoodMs)],
    ['took its place', evidence.successor],
    ['copies that one settled meanwhile', evidence.settledMeanwhile],
    ['went on and ended in good order', evidence.wentOn ? 'yes' : 'no'],
  ];
}

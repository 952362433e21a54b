/** Of several controllers the active one died, and another one is active. */
export interface KilledController {
  readonly kind: 'kill-controller';
  readonly pid: number;
  /** The process was seen to be gone, not only told to go. */
  readonly gone: boolean;
  /** Who is active instead; undefined: nobody was in time. */
  readonly successor: string | undefined;
  readonly succeededMs: number;
  /** Sends that were acknowledged until then: nodes that lead go on without a controller. */
  readonly acknowledged: number;
}

export function wasReplacedAsController({ gone, successor }: KilledController): boolean {
  return gone && successor !== undefined;
}

export function describeKilledController(
  evidence: KilledController,
): readonly (readonly [name: string, value: string | number])[] {
  return [
    ['process', evidence.pid],
    ['process seen gone', evidence.gone ? 'yes' : 'no'],
    ['active afterwards', evidence.successor ?? 'nobody'],
    ['milliseconds until another was', Math.round(evidence.succeededMs)],
    ['sends acknowledged until then', evidence.acknowledged],
  ];
}

/**
 * What came after the first instant, over the time from the first to the last. What leaves or comes in batches
 * would otherwise be counted with one batch too many: 5,010 a second where 5,000 were asked for.
 */
export function perSecond(later: number, elapsedNs: number): number {
  return later > 0 && elapsedNs > 0 ? (later * 1e9) / elapsedNs : 0;
}

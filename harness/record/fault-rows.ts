/** Names of rows of a fault's evidence that say why it put less to the test than was planned. */
export const FaultRow = {
  /** Its value says why. */
  neverStarted: 'never started',
  /** There only where the load was over when the fault struck. */
  loadWasOver: 'the load',
} as const;

export const loadWasOverWhen = 'was over when it struck';

/** Lines of the NDJSON format for tests, one object a line. */
export const header = '{"kind":"history","version":1}';

export function lines(...events: readonly object[]): readonly string[] {
  return [header, ...events.map((event) => JSON.stringify(event))];
}

export function sent(timeMs: number, lane: string, seq: number, outcome = 'ok'): readonly object[] {
  const message = { actor: 'p', lane, seq };
  return [
    { timeMs, kind: 'send.invoke', ...message },
    { timeMs: timeMs + 0.5, kind: 'send.settled', ...message, outcome },
  ];
}

export function delivered(timeMs: number, lane: string, seq: number): object {
  return { timeMs, kind: 'deliver', actor: 'c', group: 'g', lane, seq };
}

export const drained = { timeMs: 90, kind: 'drain.complete', group: 'g' };

/** Two messages that arrive and are settled. */
export const healthy = [
  ...sent(1, 'a', 0),
  ...sent(2, 'a', 1),
  delivered(3, 'a', 0),
  delivered(4, 'a', 1),
  drained,
];

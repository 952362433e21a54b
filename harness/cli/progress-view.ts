import { plural } from '../core/plural.ts';
import type { Clock } from '../core/clock.ts';
import type { Progress } from '../run/progress.ts';
import type { Host } from './host.ts';
import { printable } from './printable.ts';

const repaintNs = 250e6;
const heartbeatNs = 15e9;
/** A cell that waits reports nothing, and yet the line must move. */
const tickMs = 1_000;
/** An error with all its causes is in the report; here it must not bury the other cells. */
const longest = 180;

export const silentProgress: Progress = {
  planned: () => {},
  provisioning: () => {},
  started: () => {},
  phase: () => {},
  sent: () => {},
  ended: () => {},
  note: () => {},
};

/**
 * Progress on stderr. A terminal gets one repainted line, at most four times a second; anything else a
 * line per cell and a heartbeat every 15 s, so that a log stays readable.
 */
export function progressView(
  write: (text: string) => void,
  isTerminal: boolean,
  clock: Clock,
  every: Host['every'],
): Progress & { close(): void } {
  const running = new Map<string, { phase: string; sent: string }>();
  let planned = 0;
  let ended = 0;
  let paintedNs = 0;
  let beatNs = clock.nowNs();
  let lastError = '';
  const stamp = (): string => `${(clock.nowNs() / 1e9).toFixed(1).padStart(6)} s`;
  const line = (text: string): void => {
    if (isTerminal) write('\r\u001b[2K');
    write(`${stamp()}  ${printable(text)}\n`);
  };
  const state = (): string => {
    const cells = [...running].map(([id, cell]) => `${id} ${cell.phase}${cell.sent}`).join('  ');
    return `${ended} of ${planned}  ${cells}`;
  };
  const tick = (): void => {
    const now = clock.nowNs();
    if (isTerminal && now - paintedNs > repaintNs) {
      paintedNs = now;
      write(`\r\u001b[2K${stamp()}  ${printable(state()).slice(0, 150)}`);
    }
    if (!isTerminal && now - beatNs > heartbeatNs) {
      beatNs = now;
      line(state());
    }
  };
  const stopTicking = every(tickMs, tick);
  return {
    planned: (cells, unsupported) => {
      planned = cells;
      line(`${plural(cells, 'cell')} to run, ${unsupported} unsupported`);
    },
    provisioning: (target) => line(`starting ${target}`),
    started: (cell) => {
      running.set(cell, { phase: 'starting', sent: '' });
      tick();
    },
    phase: (cell, phase) => {
      const known = running.get(cell);
      if (known !== undefined) known.phase = phase;
      tick();
    },
    sent: (cell, messages, of) => {
      const known = running.get(cell);
      if (known !== undefined) known.sent = ` ${Math.floor((100 * messages) / of)} %`;
      tick();
    },
    ended: (cell, outcome) => {
      running.delete(cell);
      ended += 1;
      beatNs = clock.nowNs();
      const told = outcome === lastError ? 'error: the same' : outcome;
      if (outcome.startsWith('error')) lastError = outcome;
      const text = `${String(ended).padStart(3)}/${planned}  ${cell}  ${told}`;
      line(text.length > longest ? `${text.slice(0, text.lastIndexOf(' ', longest))} …` : text);
    },
    note: line,
    close: () => {
      stopTicking();
      if (isTerminal) write('\r\u001b[2K');
    },
  };
}

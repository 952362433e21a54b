/**
 * Calls `tick` about once a millisecond (`sleep`) or as often as the event loop turns (`spin`). Spinning
 * hits instants to a few microseconds and costs a whole core; sleeping is up to 1 ms late, which is what
 * the lateness figure then shows.
 */
export interface Pacer {
  start(): void;
  /** Something changed: tick on the next turn of the event loop. */
  nudge(): void;
  stop(): void;
}

const sleepMs = 1;

/** @param tick says whether there is more to do at once; other work of the event loop gets its turn first */
export function createPacer(pacing: 'spin' | 'sleep', tick: () => boolean): Pacer {
  let running = false;
  let soon = false;
  let timer: NodeJS.Timeout | undefined;

  const turn = (): void => {
    soon = false;
    if (!running) return;
    const more = tick();
    if (!running) return;
    if (more || pacing === 'spin') next();
    else sleep();
  };
  const next = (): void => {
    if (soon) return;
    soon = true;
    setImmediate(turn);
  };
  const sleep = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!soon) turn();
    }, sleepMs);
  };
  return {
    start: () => {
      running = true;
      next();
    },
    nudge: () => {
      if (running) next();
    },
    stop: () => {
      running = false;
      clearTimeout(timer);
    },
  };
}

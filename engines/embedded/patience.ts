/**
 * Gives up after `timeoutMs`, but not before what has come meanwhile was looked at: in a process that stood still, timers
 * are served before sockets.
 *
 * @returns called when there is nothing to wait for any more
 */
export function patiently(timeoutMs: number, giveUp: (timeoutMs: number) => void): () => void {
  let last: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    last = setImmediate(() => giveUp(timeoutMs));
  }, timeoutMs);
  return () => {
    clearTimeout(timer);
    clearImmediate(last);
  };
}

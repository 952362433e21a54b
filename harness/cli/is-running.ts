import type { Host } from './host.ts';

/** Whether there is such a process, be it ours or another user's. */
export function isRunning(host: Pick<Host, 'kill'>, pid: number): boolean {
  try {
    host.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and is somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

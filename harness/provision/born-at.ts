import { readFileSync } from 'node:fs';
import { startTicksOf } from '../core/process-start.ts';

/** When the kernel started a process; empty when the process is gone or the system has no /proc. */
export function bornAt(pid: number): string {
  try {
    return startTicksOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return '';
  }
}

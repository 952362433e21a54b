import { readdirSync, readFileSync } from 'node:fs';

/** Processes (not zombies) whose environment names the directory: the brokers and all that they started. */
export function processesOf(directory: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
      return environment.includes(`ACKMARK_DIRECTORY=${directory}\0`)
        ? [readFileSync(`/proc/${pid}/comm`, 'utf8').trim()]
        : [];
    } catch {
      return [];
    }
  });
}

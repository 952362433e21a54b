import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What the log says each time that the bookie has registered anew (`ResourceLockImpl` of the metadata store). */
const sign = /re-acquired (?:stale |missing )?lock at \/ledgers\/available/i;
/** After a restart it is said once; in the storm a hundred times a second. */
const stormFrom = 50;

/**
 * Seen after one of three restarts of a broker that was killed with its metadata in RocksDB, which has no sessions: the
 * registration of the dead bookie is still there, the new one deletes it and registers, and hears of that deletion as
 * if it were of its own registration, which it then makes again: of that deletion it hears, too, and so on. Whether it
 * begins is a race within the process. It wears the broker down, up to ledgers that cannot be opened ("Not enough
 * non-faulty bookies"), and says nothing about what an acknowledgement is worth.
 * @param logFile of one incarnation. @returns what is wrong, as a clause; undefined: nothing
 */
export async function restartStormIn(logFile: string): Promise<string | undefined> {
  const lines = createInterface({ input: createReadStream(logFile), crlfDelay: Infinity });
  let times = 0;
  for await (const line of lines) if (sign.test(line)) times += 1;
  return times < stormFrom
    ? undefined
    : `the bookie lost its registration and made it again in a loop, ${times} times since its process started ("re-acquired lock" in its log)`;
}

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What the log says each time that the bookie has registered anew. */
const sign = 're-acquired lock';
/** After a restart it is said once or twice; in the storm hundreds of times a second. */
const stormFrom = 50;

/**
 * Seen after one of four restarts of a killed broker with its metadata in RocksDB: the registration of its bookie is
 * deleted and made again in a loop, and no ledger can be opened meanwhile ("Not enough non-faulty bookies"). Three of four
 * restarts on data of the same kind had none of it, so that it says nothing about what an acknowledgement is worth.
 * @param logFile of one incarnation. @returns what is wrong, as a clause; undefined: nothing
 */
export async function restartStormIn(logFile: string): Promise<string | undefined> {
  const lines = createInterface({ input: createReadStream(logFile), crlfDelay: Infinity });
  let times = 0;
  for await (const line of lines) if (line.toLowerCase().includes(sign)) times += 1;
  return times < stormFrom
    ? undefined
    : `the bookie lost its registration and made it again in a loop, ${times} times since its process started ("${sign}" in its log)`;
}

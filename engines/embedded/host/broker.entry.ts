/**
 * The broker process. Arguments, all but the first three optional:
 *
 * ```
 * --kind log|queue|broker --port 0..65535 --data directory
 * --host 127.0.0.1  --fsync never|interval:<ms>|every-batch  --rebalance-timeout-ms 5000  --max-in-flight 120000
 * --segment-bytes 67108864: of the journal; larger entries are refused
 * --cache-bytes 67108864: so much of the newest batches stays in memory
 * --local-bytes, without it all of them: as soon as the journal has more, its older segments go to `tier` in the directory
 * ```
 * Prints one line `ready kind=… port=… pid=…` when clients may come, and one line per event of note. Ends
 * with 0 after SIGTERM, 1 when it cannot or must not go on (directory in use, journal damaged, disk full
 * at a sync), 64 for wrong arguments.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeError } from '../../../harness/core/errors.ts';
import type { FsyncPolicy } from '../journal/journal.ts';
import { type BrokerKind, brokerKinds, maxFrameBytes } from '../protocol/protocol.ts';
import { describeFsync, readFsync, wholeNumber } from './arguments.ts';
import { bootId, BootMark } from './boot-mark.ts';
import { openBroker } from './broker.ts';
import { FileStorage } from './file-storage.ts';
import { lockDirectory } from './lock.ts';
import { openTieredFiles } from './tier.ts';
import { BrokerServer } from './server.ts';

const maxConnections = 1024;
const syncCheckMs = 50;

interface Settings {
  readonly kind: BrokerKind;
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly fsync: FsyncPolicy;
  readonly rebalanceTimeoutMs: number;
  readonly maxInFlight: number;
  readonly segmentBytes: number;
  readonly cacheBytes: number;
  readonly localBytes: number | undefined;
}

function note(line: string): void {
  process.stdout.write(`${line}\n`);
}

function end(code: number, line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(code);
}

function readSettings(args: readonly string[]): Settings {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      kind: text,
      host: { ...text, default: '127.0.0.1' },
      port: text,
      data: text,
      fsync: { ...text, default: 'never' },
      'rebalance-timeout-ms': { ...text, default: '5000' },
      'max-in-flight': { ...text, default: '120000' },
      'segment-bytes': { ...text, default: '67108864' },
      'cache-bytes': { ...text, default: '67108864' },
      'local-bytes': text,
    },
  });
  const { kind, host, data, 'local-bytes': localBytes } = values;
  if (!isKind(kind)) throw new Error(`--kind must be one of ${brokerKinds.join(', ')}`);
  if (data === undefined) throw new Error('--data must name a directory');
  return {
    kind,
    host,
    data,
    port: wholeNumber('--port', values.port, 65_535),
    fsync: readFsync(values.fsync),
    rebalanceTimeoutMs: wholeNumber(
      '--rebalance-timeout-ms',
      values['rebalance-timeout-ms'],
      3_600_000,
    ),
    maxInFlight: wholeNumber('--max-in-flight', values['max-in-flight'], 10_000_000),
    segmentBytes: wholeNumber('--segment-bytes', values['segment-bytes'], 67_108_864),
    cacheBytes: wholeNumber('--cache-bytes', values['cache-bytes'], Number.MAX_SAFE_INTEGER),
    localBytes:
      localBytes === undefined
        ? undefined
        : wholeNumber('--local-bytes', localBytes, Number.MAX_SAFE_INTEGER),
  };
}

function isKind(text: string | undefined): text is BrokerKind {
  return brokerKinds.some((kind) => kind === text);
}

async function serve(settings: Settings): Promise<void> {
  mkdirSync(settings.data, { recursive: true });
  const unlock = lockDirectory(settings.data, process.pid, (pid, signal) =>
    process.kill(pid, signal),
  );
  process.on('exit', unlock);
  const boot = new BootMark(settings.data, bootId());
  const { data, localBytes } = settings;
  const { storage, tell } =
    localBytes === undefined
      ? { storage: new FileStorage(data), tell: () => {} }
      : openTieredFiles(data, localBytes, note);
  const { service, journal, truncatedBytes } = openBroker(storage, {
    ...settings,
    mayHaveLostPower: boot.mayHaveLostPower,
    salt: () => randomBytes(4).readUInt32BE(0),
    wallMs: () => Math.floor(performance.timeOrigin + performance.now()),
    onFailure: (error) => end(1, `the broker ends: ${describeError(error)}`),
  });
  boot.begin();
  if (truncatedBytes > 0) note(`recovery cut off ${truncatedBytes} bytes of a torn tail`);
  const server = new BrokerServer({
    service,
    hello: { kind: settings.kind, pid: process.pid, fsync: describeFsync(settings.fsync) },
    maxFrameBytes,
    maxConnections,
    nowMs: () => performance.now(),
    note,
  });
  if (settings.fsync.kind === 'interval') {
    setInterval(
      () => journal.tick(performance.now()),
      Math.min(syncCheckMs, settings.fsync.everyMs),
    );
  }
  process.on('SIGTERM', () => {
    tell();
    void server.close().then(() =>
      journal.close((error) => {
        if (error) end(1, `the last sync failed: ${describeError(error)}`);
        boot.end();
        process.exit(0);
      }),
    );
  });
  const port = await server.listen(settings.host, settings.port);
  note(`ready kind=${settings.kind} port=${port} pid=${process.pid} entries=${journal.nextIndex}`);
}

function parsed(): Settings {
  try {
    return readSettings(process.argv.slice(2));
  } catch (error) {
    return end(64, describeError(error));
  }
}

process.on('uncaughtException', (error) =>
  end(1, `the broker ends: ${error.stack ?? error.message}`),
);
try {
  await serve(parsed());
} catch (error) {
  end(1, `the broker cannot start: ${describeError(error)}`);
}

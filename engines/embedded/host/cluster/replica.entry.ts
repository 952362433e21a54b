/**
 * One node of a cluster of embedded brokers. Arguments, all but the last six optional:
 *
 * ```
 * --host 127.0.0.1  --fsync never|interval:<ms>|every-batch  --rebalance-timeout-ms 5000
 * --min-in-sync 1..7  --nodes 1..7  --node 0..6  --port 1..65535  --data directory  --controller host:port
 * --kind log|broker
 * ```
 * Prints `ready` when clients may ask whether it leads, and one line per event of note. Ends with 0 after
 * SIGTERM, 1 when it cannot or must not go on, 64 for wrong arguments.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeError } from '../../../../harness/core/errors.ts';
import type { FsyncPolicy } from '../../journal/journal.ts';
import { maxFrameBytes } from '../../protocol/protocol.ts';
import { describeFsync, readFsync, wholeNumber } from '../arguments.ts';
import { bootId, BootMark } from '../boot-mark.ts';
import { FileStorage } from '../file-storage.ts';
import { lockDirectory } from '../lock.ts';
import { type ReplicatedKind, replicatedKinds } from '../replicated.ts';
import { Lives } from './lives.ts';
import { ReplicaProcess } from './replica-process.ts';

interface Settings {
  readonly kind: ReplicatedKind;
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly fsync: FsyncPolicy;
  readonly rebalanceTimeoutMs: number;
  readonly minInSync: number;
  readonly nodes: number;
  readonly node: number;
  readonly controller: { readonly host: string; readonly port: number };
}

function note(line: string): void {
  process.stdout.write(`${line}\n`);
}

function end(code: number, line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(code);
}

function readSettings(): Settings {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      kind: text,
      host: { ...text, default: '127.0.0.1' },
      port: text,
      data: text,
      fsync: { ...text, default: 'never' },
      'rebalance-timeout-ms': { ...text, default: '5000' },
      'min-in-sync': { ...text, default: '1' },
      nodes: text,
      node: text,
      controller: text,
    },
  });
  const { host, data, controller } = values;
  const kind = replicatedKinds.find((known) => known === values.kind);
  if (kind === undefined) throw new Error(`--kind must be one of ${replicatedKinds.join(', ')}`);
  if (data === undefined) throw new Error('--data must name a directory');
  const timeoutMs = values['rebalance-timeout-ms'];
  const [controllerHost = '', controllerPort] = controller?.split(':') ?? [];
  return {
    kind,
    host,
    data,
    port: wholeNumber('--port', values.port, 65_535),
    fsync: readFsync(values.fsync),
    rebalanceTimeoutMs: wholeNumber('--rebalance-timeout-ms', timeoutMs, 3_600_000),
    minInSync: wholeNumber('--min-in-sync', values['min-in-sync'], 7),
    nodes: wholeNumber('--nodes', values.nodes, 7),
    node: wholeNumber('--node', values.node, 6),
    controller: {
      host: controllerHost,
      port: wholeNumber('port of --controller', controllerPort, 65_535),
    },
  };
}

async function serve(settings: Settings): Promise<void> {
  const { data, fsync } = settings;
  mkdirSync(data, { recursive: true });
  const unlock = lockDirectory(data, process.pid, (pid, signal) => process.kill(pid, signal));
  process.on('exit', unlock);
  const lives = new Lives(data, bootId());
  const life = lives.begin(fsync.kind === 'every-batch');
  const boot = new BootMark(data, bootId());
  const replica = new ReplicaProcess({
    ...settings,
    storage: new FileStorage(data),
    mayHaveLostPower: boot.mayHaveLostPower,
    life,
    hello: { kind: settings.kind, pid: process.pid, fsync: describeFsync(fsync) },
    maxFrameBytes,
    salt: () => randomBytes(4).readUInt32BE(0),
    nowMs: () => performance.now(),
    wallMs: () => Math.floor(performance.timeOrigin + performance.now()),
    note,
    wholeAgain: () => lives.write({ ...life, mayLack: false }),
    onFailure: (error) => end(1, `the node ends: ${describeError(error)}`),
  });
  boot.begin();
  process.on('SIGTERM', () => {
    void replica.close().then((error) => {
      if (error) end(1, `the last sync failed: ${describeError(error)}`);
      boot.end();
      process.exit(0);
    });
  });
  await replica.listen(settings.host, settings.port);
  note(`ready node=${settings.node} incarnation=${life.incarnation} pid=${process.pid}`);
}

function parsed(): Settings {
  try {
    return readSettings();
  } catch (error) {
    return end(64, describeError(error));
  }
}

process.on('uncaughtException', (error) =>
  end(1, `the node ends: ${error.stack ?? error.message}`),
);
try {
  await serve(parsed());
} catch (error) {
  end(1, `the node cannot start: ${describeError(error)}`);
}

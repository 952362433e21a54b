import type { FsyncPolicy } from '../../journal/journal.ts';
import type { CommitLog, JournalError } from '../../journal/commit-log.ts';
import type { Storage } from '../../journal/storage.ts';
import type { HelloAnswer } from '../../protocol/protocol.ts';
import { Replica } from '../../replication/replica.ts';
import { ReplicaLog } from '../../replication/replica-log.ts';
import { keepsAll } from '../../rules.ts';
import { openReplicated, type ReplicatedKind } from '../replicated.ts';
import { BrokerServer } from '../server.ts';
import { HubLink } from './hub-link.ts';
import { Leading } from './leading.ts';
import type { Life } from './lives.ts';
import { fetchWaitMs, heartbeatMs, lagMs } from './times.ts';

export interface ReplicaProcessOptions {
  readonly kind: ReplicatedKind;
  readonly node: number;
  readonly nodes: number;
  readonly minInSync: number;
  readonly fsync: FsyncPolicy;
  readonly rebalanceTimeoutMs: number;
  readonly controller: { readonly host: string; readonly port: number };
  readonly storage: Storage;
  /** Since the node last wrote to it. */
  readonly mayHaveLostPower: boolean;
  readonly life: Life;
  readonly hello: HelloAnswer;
  readonly maxFrameBytes: number;
  readonly salt: () => number;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970, whole ones. */
  readonly wallMs: () => number;
  readonly note: (line: string) => void;
  /** It is in sync again: what it may have lacked it has. */
  readonly wholeAgain: () => void;
  readonly onFailure: (error: JournalError) => void;
}

const times = { heartbeatMs, lagMs, fetchWaitMs };
const tickMs = 25;
const fetchBytes = 1024 * 1024;
const cleanupEveryMs = 100;
const cacheBytes = 64 * 1024 * 1024;
const maxConnections = 1024;

/** A replica with its disk, its way to the others, and its clients while it leads. */
export class ReplicaProcess {
  readonly #options: ReplicaProcessOptions;
  readonly #leading: Leading;
  readonly #server: BrokerServer;
  readonly #log: ReplicaLog;
  readonly #replica: Replica;
  readonly #link: HubLink;
  readonly #timer: NodeJS.Timeout;
  #mayLack: boolean;

  constructor(options: ReplicaProcessOptions) {
    this.#options = options;
    this.#leading = new Leading(options.kind);
    const { fsync, salt, onFailure, maxFrameBytes, nowMs, note, life } = options;
    const { mayHaveLostPower } = options;
    this.#mayLack = life.mayLack;
    const segmentBytes = 8 * maxFrameBytes;
    const rules = { fsync, segmentBytes, keeps: keepsAll };
    const journal = { ...rules, salt, onFailure, mayHaveLostPower };
    this.#log = new ReplicaLog(options.storage, journal);
    const { truncatedBytes } = this.#log;
    if (truncatedBytes > 0) note(`recovery cut off ${truncatedBytes} bytes of a torn tail`);
    this.#server = new BrokerServer({
      service: this.#leading,
      isOpen: () => this.#leading.isLeading,
      hello: options.hello,
      maxFrameBytes,
      maxConnections,
      nowMs,
      note,
    });
    this.#replica = this.#newReplica();
    this.#link = new HubLink({
      ...options.controller,
      node: options.node,
      received: (message) => this.#replica.receive(message, nowMs()),
      note,
    });
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  listen(host: string, port: number): Promise<number> {
    return this.#server.listen(host, port);
  }

  /** An orderly end, after a last sync, whatever the policy. @returns what went wrong with that */
  async close(): Promise<unknown> {
    clearInterval(this.#timer);
    this.#link.close();
    await this.#server.close();
    return new Promise((resolve) => {
      this.#log.close(resolve);
    });
  }

  #newReplica(): Replica {
    const { node, life, minInSync, note } = this.#options;
    const self = { node, incarnation: life.incarnation };
    const { mayLack } = life;
    const settings = { self, mayLack, minInSync, ...times, fetchBytes, keeps: keepsAll };
    return new Replica(this.#log, settings, {
      toController: (message) => this.#link.toController(message),
      toReplica: (to, message) => this.#link.toReplica(to, message),
      lead: (leader) => this.#lead(leader),
      resign: () => {
        this.#leading.end();
        this.#server.disconnectAll();
      },
      truncated: (entries) => note(`cut off ${entries} entries that the leader does not have`),
    });
  }

  #lead(leader: CommitLog): void {
    const { kind, rebalanceTimeoutMs, wallMs, nodes: replicas, minInSync } = this.#options;
    const copies = { replicas, minInSync };
    const times = { rebalanceTimeoutMs, cleanupEveryMs, wallMs };
    const options = { ...times, cacheBytes, keeps: keepsAll, copies };
    this.#leading.begin(openReplicated(kind, leader, this.#log, options));
  }

  #tick(): void {
    const nowMs = this.#options.nowMs();
    this.#replica.tick(nowMs);
    this.#leading.tick(nowMs);
    if (!this.#mayLack || this.#replica.mayLack) return;
    this.#mayLack = false;
    this.#options.wholeAgain();
  }
}

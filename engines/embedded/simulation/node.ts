import type { ConnectionTrouble, SimulatedDisk, SimulatedWorld } from '../../simulation.ts';
import { openBroker } from '../host/broker.ts';
import type { FsyncPolicy, Journal } from '../journal/journal.ts';
import type { ByteReader } from '../protocol/bytes.ts';
import type { BrokerKind } from '../protocol/protocol.ts';
import { type ClockSkew, ProcessClock, wallClock } from './clock.ts';
import { Dice } from './dice.ts';
import { type ClientEnd, type ServerEnd, Serving, type SimulatedBroker } from './serving.ts';

export interface NodeOptions {
  readonly kind: BrokerKind;
  readonly fsync: FsyncPolicy;
  readonly rebalanceTimeoutMs: number;
  readonly maxInFlight: number;
  readonly skew: ClockSkew;
  /** A segment must have room for several. */
  readonly largestEntryBytes: number;
}

/** Of a segment of the journal: a play fills none, a few or many. */
const segmentBytes = [1_024, 1_024, 2_048, 4_096, 1_048_576] as const;

interface Life {
  readonly serving: Serving;
  readonly clock: ProcessClock;
  readonly journal: Journal;
}

const machine = 'the broker';

/** The broker process in a simulated machine: the very state machines that the real process hosts. */
export class SimulatedNode implements SimulatedBroker {
  readonly #world: SimulatedWorld;
  readonly #options: NodeOptions;
  readonly #disk: SimulatedDisk;
  readonly #segmentBytes: number;
  #hasLostPower = false;
  #lives = 0;
  #life: Life | undefined;
  #awaited: { readonly api: number; readonly act: () => void } | undefined;

  constructor(world: SimulatedWorld, options: NodeOptions) {
    this.#world = world;
    this.#options = options;
    this.#disk = world.newDisk('of the broker');
    const bytes = new Dice(world.random('segments')).oneOf(segmentBytes);
    this.#segmentBytes = Math.max(bytes, 2 * options.largestEntryBytes);
  }

  get skew(): ClockSkew {
    return this.#options.skew;
  }

  /** How often it was started. */
  get lives(): number {
    return this.#lives;
  }

  get isUp(): boolean {
    return this.#life !== undefined;
  }

  start(): void {
    const [oldest = 0] = this.#disk.list();
    if (oldest > 0) this.#world.mark('recovery began with a checkpoint');
    const random = this.#world.random(`salt at ${this.#world.agenda.nowNs}`);
    const { service, journal, truncatedBytes } = openBroker(this.#disk, {
      ...this.#options,
      segmentBytes: this.#segmentBytes,
      mayHaveLostPower: this.#hasLostPower,
      salt: () => random.uint32(),
      wallMs: wallClock(this.#world, machine, this.skew),
      keeps: (rule) => !this.#world.isBroken(rule),
      onFailure: () => this.kill(),
    });
    this.#hasLostPower = false;
    if (truncatedBytes > 0) this.#world.mark('recovery cut off a torn tail');
    const clock = new ProcessClock(this.#world, machine, this.skew);
    const handled = (api: number): void => this.#handled(api);
    const serving = new Serving({ world: this.#world, service, clock, handled });
    this.#life = { serving, clock, journal };
    this.#lives += 1;
    this.#syncByInterval(this.#life);
  }

  /** kill -9: what was written is on the disk's way. */
  kill(): void {
    this.#die();
    this.#disk.loseProcess();
  }

  /** Bytes that still fit its disk. */
  setRoom(bytes: number): void {
    this.#disk.setRoom(bytes);
  }

  /** Once, when the next request of this kind has been handled. */
  onceHandled(api: number, act: () => void): void {
    this.#awaited = { api, act };
  }

  losePower(): void {
    this.#die();
    this.#disk.losePower();
    this.#hasLostPower = true;
  }

  accept(client: ClientEnd, trouble: ConnectionTrouble): ServerEnd | undefined {
    return this.#life?.serving.accept(client, trouble);
  }

  tell(api: number, body: Buffer, then: (body: ByteReader) => void): void {
    this.#serving(api).tell(api, body, then);
  }

  ask(api: number, body: Buffer): ByteReader {
    return this.#serving(api).ask(api, body);
  }

  #serving(api: number): Serving {
    if (this.#life !== undefined) return this.#life.serving;
    throw new Error(`request ${api} of the operator meets a broker that is down`);
  }

  #die(): void {
    this.#life?.serving.end();
    this.#life = undefined;
  }

  #handled(api: number): void {
    if (this.#awaited?.api !== api) return;
    const { act } = this.#awaited;
    this.#awaited = undefined;
    act();
  }

  #syncByInterval(life: Life): void {
    const { fsync } = this.#options;
    if (fsync.kind !== 'interval' || this.#life !== life) return;
    life.journal.tick(life.clock.nowMs);
    life.clock.after(fsync.everyMs, () => this.#syncByInterval(life));
  }
}

import { partitionOfKey } from '../../core/murmur2.ts';
import { drawOf } from './draw.ts';
import type { KeyChoice } from '../../../scenarios/spread.ts';
import { type LaneNumbers, laneNumbers } from './lane-numbers.ts';

/** Users and the lanes of one producer: the same in every actor of a cell, which share its tables. */
export interface UserSpec {
  readonly users: number;
  /** Lanes of one producer; a multiple of the partitions. */
  readonly lanes: number;
  /** Of the load. */
  readonly seed: number;
  /** Users by lane, one lane after another, and where each lane's begin: 32 bits each. */
  readonly byLane: SharedArrayBuffer;
  readonly begins: SharedArrayBuffer;
}

/** Deals users out to lanes: lane b of a producer has partition b % scopes, which their names choose. */
export function usersOn(
  of: Pick<UserSpec, 'users' | 'lanes' | 'seed'> & { readonly scopes: number },
): UserSpec {
  const { users, lanes, scopes, seed } = of;
  const laneOf = new Uint32Array(users);
  const begins = sharedNumbers(lanes + 1);
  const rows = Math.floor(lanes / scopes);
  const name = Buffer.alloc(32);
  for (let user = 0; user < users; user += 1) {
    const bytes = name.write(nameOf(user), 'latin1');
    const partition = partitionOfKey(name.subarray(0, bytes), scopes);
    const lane = partition + scopes * (user % rows);
    laneOf[user] = lane;
    begins[lane + 1] = (begins[lane + 1] ?? 0) + 1;
  }
  for (let lane = 0; lane < lanes; lane += 1) {
    begins[lane + 1] = (begins[lane + 1] ?? 0) + (begins[lane] ?? 0);
  }
  const next = begins.slice();
  const byLane = sharedNumbers(users);
  for (let user = 0; user < users; user += 1) {
    const lane = laneOf[user] ?? 0;
    const at = next[lane] ?? 0;
    byLane[at] = user;
    next[lane] = at + 1;
  }
  return { users, lanes, seed, byLane: byLane.buffer, begins: begins.buffer };
}

function sharedNumbers(count: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(count * Uint32Array.BYTES_PER_ELEMENT));
}

/**
 * Users by the lane that they have. Which user a message is of follows from its lane and number, so that whoever reads
 * it knows the name that it must carry; over all messages every user is as likely as any other.
 */
export class Users {
  readonly #spec: UserSpec;
  readonly #byLane: Uint32Array;
  readonly #begins: Uint32Array;

  constructor(spec: UserSpec) {
    this.#spec = spec;
    this.#byLane = new Uint32Array(spec.byLane);
    this.#begins = new Uint32Array(spec.begins);
  }

  /** The user of a message. @param lane of any producer */
  userOf(lane: number, seq: number): number {
    const bucket = lane % this.#spec.lanes;
    const from = this.#begins[bucket] ?? 0;
    const count = (this.#begins[bucket + 1] ?? 0) - from;
    const drawn = drawOf(this.#spec.seed ^ 0x7573_6572, bucket, seq);
    return this.#byLane[from + Math.floor(drawn * count)] ?? 0;
  }

  keyOf(lane: number, seq: number): Buffer {
    return Buffer.from(nameOf(this.userOf(lane, seq)));
  }

  /** The lane of each message, as often as there are users of it. */
  laneNumbers(): LaneNumbers {
    const { lanes, users, seed } = this.#spec;
    const laneOfPlace = new Uint32Array(users);
    for (let lane = 0; lane < lanes; lane += 1) {
      laneOfPlace.fill(lane, this.#begins[lane], this.#begins[lane + 1]);
    }
    const nextSeq = new Uint32Array(lanes);
    let seq = 0;
    return {
      next: (numberInLoad) => {
        const place = Math.floor(drawOf(seed ^ 0x6b65_7973, numberInLoad, 0) * users);
        const lane = laneOfPlace[place] as number;
        seq = nextSeq[lane] as number;
        nextSeq[lane] = seq + 1;
        return lane;
      },
      get seq() {
        return seq;
      },
    };
  }
}

/** The lane of each message of a producer: of users, where its keys are their names. */
export function laneNumbersOf(spec: {
  readonly keyedBy?: UserSpec | undefined;
  readonly keyChoice: KeyChoice;
  readonly lanes: { readonly count: number };
  readonly loadSeed: number;
}): LaneNumbers {
  const { keyedBy, keyChoice, lanes, loadSeed } = spec;
  if (keyedBy !== undefined) return new Users(keyedBy).laneNumbers();
  return laneNumbers(keyChoice, lanes.count, loadSeed);
}

function nameOf(user: number): string {
  return `user-${user}`;
}

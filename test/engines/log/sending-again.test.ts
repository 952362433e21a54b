import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SendQueue } from '../../../engines/embedded/outgoing.ts';
import { outcomeOfRefusal } from '../../../engines/embedded/outcomes.ts';
import { type Refusal, Status } from '../../../engines/embedded/protocol/protocol.ts';
import type { Flight, Lane } from '../../../engines/log/lanes.ts';
import {
  afterReconnecting,
  mayGoAgain,
  putBack,
  takeAgain,
} from '../../../engines/log/sending-again.ts';

const maxInFlight = 5;
const sequenced = { idempotent: true, maxInFlight, retryRefused: true };
const bare = { ...sequenced, idempotent: false };
const pauseNs = 100e6;

function flightOf(sequence: number): Flight {
  return { frame: Buffer.alloc(0), sends: [], sequence, bytes: 0, sinceNs: 0, attempts: 1 };
}

function laneOf(flights: readonly Flight[]): Lane {
  return {
    topic: 0,
    partition: 0,
    scope: 0,
    waiting: new SendQueue(),
    flights: [...flights],
    again: [],
    againNs: 0,
    nextSequence: flights.length,
  };
}

const sequences = (flights: readonly Flight[]): readonly number[] =>
  flights.map(({ sequence }) => sequence);

/** A partition that refuses what it is told to, and otherwise stores; with sequences only what is next. */
class Broker {
  readonly stored: number[] = [];
  readonly #isSequenced: boolean;

  constructor(isSequenced: boolean) {
    this.#isSequenced = isSequenced;
  }

  answer({ sequence }: Flight, mood: 'store' | 'refuse' | 'store and refuse'): Refusal | 'ok' {
    if (this.#isSequenced && this.stored.includes(sequence)) return 'ok';
    if (this.#isSequenced && sequence !== this.stored.length) return Status.outOfOrderSequence;
    if (mood === 'refuse') return Status.notEnoughReplicas;
    this.stored.push(sequence);
    return mood === 'store' ? 'ok' : Status.notEnoughReplicasAfterAppend;
  }
}

type Mood = Parameters<Broker['answer']>[1];

/** Five batches leave at once; each arrival takes the next mood, and those that are left over are stored. */
function played(options: typeof sequenced, moods: readonly Mood[]): readonly number[] {
  const broker = new Broker(options.idempotent);
  const lane = laneOf(Array.from({ length: maxInFlight }, (_, sequence) => flightOf(sequence)));
  const left = [...moods];
  let leaving: readonly Flight[] = [...lane.flights];
  for (let nowNs = 0; leaving.length > 0; nowNs += pauseNs) {
    for (const flight of leaving) {
      const answer = broker.answer(flight, left.shift() ?? 'store');
      lane.flights.splice(lane.flights.indexOf(flight), 1);
      if (answer === 'ok') continue;
      expect(mayGoAgain(lane, flight, answer, options)).toBe(true);
      putBack(lane, flight, options, nowNs);
    }
    leaving = takeAgain(lane, options, nowNs + pauseNs);
  }
  return broker.stored;
}

describe('what is refused for the moment and sent again', () => {
  const moods = fc.array(fc.constantFrom<Mood>('store', 'refuse', 'store and refuse'), {
    maxLength: 30,
  });

  it('is stored once and in order where it is counted, whatever is refused', () => {
    fc.assert(
      fc.property(moods, (all) => {
        expect(played(sequenced, all)).toEqual([0, 1, 2, 3, 4]);
      }),
    );
  });

  it('is stored at least once where it is not', () => {
    fc.assert(
      fc.property(moods, (all) => {
        expect(new Set(played(bare, all))).toEqual(new Set([0, 1, 2, 3, 4]));
      }),
    );
  });

  it('changes places without sequences, also when all of it was refused', () => {
    expect(played(bare, ['refuse', 'store', 'store'])).toEqual([1, 2, 3, 4, 0]);
    expect(played(bare, Array(5).fill('refuse'))).toEqual([4, 3, 2, 1, 0]);
  });

  it('is stored twice without sequences where it had been stored', () => {
    expect(played(bare, ['store and refuse'])).toEqual([0, 1, 2, 3, 4, 0]);
  });

  it('waits for its time, and with sequences for what is under way', () => {
    const lane = laneOf([flightOf(1)]);
    putBack(lane, flightOf(0), sequenced, 0);
    expect(takeAgain(lane, bare, pauseNs - 1)).toEqual([]);
    expect(takeAgain(lane, sequenced, pauseNs)).toEqual([]);
    expect(sequences(takeAgain(lane, bare, pauseNs))).toEqual([0]);
    expect(sequences(lane.flights)).toEqual([1, 0]);
  });

  it('does not go again where the profile does not say so, or the refusal is for good', () => {
    const lane = laneOf([]);
    const keeping = { ...sequenced, retryRefused: false };
    expect(mayGoAgain(lane, flightOf(0), Status.notEnoughReplicas, keeping)).toBe(false);
    expect(mayGoAgain(lane, flightOf(0), Status.tooLarge, sequenced)).toBe(false);
    expect(mayGoAgain(lane, flightOf(1), Status.outOfOrderSequence, sequenced)).toBe(false);
  });

  it('goes in its order after a lost connection only with sequences', () => {
    const lane = laneOf([flightOf(0), flightOf(1), flightOf(2)]);
    expect(sequences(afterReconnecting(lane, sequenced))).toEqual([0, 1, 2]);
    expect(sequences(afterReconnecting(lane, bare))).toEqual([2, 1, 0]);
  });
});

it('is certainly not stored when it is refused before, and perhaps when it is refused after the append', () => {
  expect(outcomeOfRefusal(Status.notEnoughReplicas, 1)).toBe('fail');
  expect(outcomeOfRefusal(Status.notEnoughReplicas, 2)).toBe('unknown');
  expect(outcomeOfRefusal(Status.notEnoughReplicasAfterAppend, 1)).toBe('unknown');
});

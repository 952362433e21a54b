import { queueRules } from '../../embedded/rules.ts';
import { Dice } from '../../embedded/simulation/dice.ts';
import type { Simulation } from '../../simulation.ts';
import { FanOutPlay } from './fan-out-play.ts';
import { QueuePlay } from './queue-play.ts';

/** Of all plays those of a topic. */
const fanOutShare = 0.12;

/** The embedded queue on one node, as `engines/queue` runs it, with everything that may befall it. */
export const simulation: Simulation = {
  marks: [
    'clocks disagreed',
    'a message was sent again',
    'a receipt was refused',
    'a message was given back',
    'a message was rejected',
    'a rejected message became a dead letter',
    'a lease was extended',
    'a queue had as many in hands as it allows',
    'a call beyond the quota was refused',
    'a deduplication id was used anew after its window',
    'a dead letter was read',
    'dead letters were redriven',
    'a delayed message was read',
    'retention removed a message that nobody had read',
    'retention took a message out of somebody’s hands',
    'a message group waited behind a message in hands',
    'a copy of a send was recognised',
    'a send was given up before its window ended',
    'a receive that was asked for again got the same',
    'a message let others pass',
    'a deleted message came again',
    'a message was in several queues of a topic',
    'a filter kept a message out of a queue',
    'the broker was killed',
    'the machine lost its power',
    'recovery cut off a torn tail',
    'recovery began with a checkpoint',
    'the broker was down more than once',
    'a full disk refused a request',
    'a consumer died',
    'a consumer stood still',
    'a producer died',
  ],
  never: ['D7', 'D9', 'R3', 'V1', 'V2', 'V4', 'V5', 'V7'],
  rules: queueRules,
  play: (world) => {
    const isFanOut = new Dice(world.random('kind')).happens(fanOutShare);
    return isFanOut ? new FanOutPlay(world).play() : new QueuePlay(world).play();
  },
};

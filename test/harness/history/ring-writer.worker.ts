import { workerData } from 'node:worker_threads';
import { nodeDisk } from '../../../harness/history/node-disk.ts';
import { RingWriter } from '../../../harness/history/ring.ts';
import type { RingHandle } from '../../../harness/history/sink.ts';
import { event } from './arbitrary-event.ts';

/** Appends dense numbers, at most `events` of them. */
const { ring, events }: { readonly ring: RingHandle; readonly events: number } = workerData;
const writer = new RingWriter(ring, nodeDisk);
for (let seq = 0; seq < events; seq += 1) writer.append(event(1, seq, seq));

import { Bench } from 'tinybench';
import { createPacer } from '../../harness/actors/pacer.ts';
import { emptyEvent } from '../../harness/core/events.ts';
import { emptyHeader, readHeader, writeHeader } from '../../harness/core/message-header.ts';
import { nodeDisk } from '../../harness/history/node-disk.ts';
import { createRing, RingWriter } from '../../harness/history/ring.ts';
import { RingReader } from '../../harness/history/ring-reader.ts';
import { LatencyRecorder, prepareRecorders } from '../../harness/measure/latency-recorder.ts';

/** Inner repetitions, so that the timer's own cost does not show. */
const times = 1_000;

export interface Row {
  readonly name: string;
  readonly nanosecondsEach: number;
  /** Relative margin of error in per cent. */
  readonly margin: number;
}

/** What the hot path is made of, in nanoseconds for each message, event or turn. */
export async function measureRows(): Promise<readonly Row[]> {
  await prepareRecorders();
  const bench = new Bench({ time: 300, warmupTime: 100 });
  const body = Buffer.alloc(256);
  const header = { ...emptyHeader(), bodyBytes: 192 };
  const event = emptyEvent();
  const ring = createRing(8_192, '/nowhere/never-written');
  const writer = new RingWriter(ring, nodeDisk);
  const reader = new RingReader(ring, nodeDisk);
  const recorder = new LatencyRecorder();
  let n = 0;
  bench.add('header: write', () => {
    for (let i = 0; i < times; i += 1) {
      header.seq = i;
      writeHeader(body, header);
    }
  });
  bench.add('header: read and verify', () => {
    for (let i = 0; i < times; i += 1) readHeader(body, header);
  });
  bench.add('event: append and take', () => {
    for (let i = 0; i < times; i += 1) {
      event.seq = i;
      event.timeNs = n += 1;
      writer.append(event);
    }
    while (reader.refill() > 0);
  });
  bench.add('latency: record', () => {
    for (let i = 0; i < times; i += 1) recorder.record(((i * 7_919) % 5_000_000) + 100);
  });
  bench.add('pacer: one spinning turn', () => turns(times));
  await bench.run();
  recorder.destroy();
  return bench.tasks.map((task) => {
    const { result } = task;
    if (result.state !== 'completed') throw new Error(`${task.name}: ${result.state}`);
    const { mean, rme } = result.latency;
    return { name: task.name, nanosecondsEach: (mean * 1e6) / times, margin: rme };
  });
}

function turns(count: number): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    const pacer = createPacer('spin', () => {
      left -= 1;
      if (left === 0) {
        pacer.stop();
        resolve();
      }
      return false;
    });
    pacer.start();
  });
}

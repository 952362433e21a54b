import { Session } from 'node:inspector';

/** What one function took of what was looked at: microseconds, or bytes. */
export interface Taken {
  readonly name: string;
  readonly amount: number;
}

const cpuIntervalMicros = 200;
/** On average one sample in so many bytes; objects that are long gone count too. */
const allocationIntervalBytes = 16_384;

/** @returns what ends it and tells what each function took, the most first */
export function startProfile(of: 'cpu' | 'allocation'): () => readonly Taken[] {
  const session = new Session();
  session.connect();
  if (of === 'cpu') {
    call(session, 'Profiler.enable');
    call(session, 'Profiler.setSamplingInterval', { interval: cpuIntervalMicros });
    call(session, 'Profiler.start');
    return () => mostFirst(cpuOf(call(session, 'Profiler.stop') as CpuProfile));
  }
  call(session, 'HeapProfiler.startSampling', {
    samplingInterval: allocationIntervalBytes,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  return () => mostFirst(bytesOf(call(session, 'HeapProfiler.stopSampling') as HeapProfile));
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface CpuProfile {
  readonly profile: {
    readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
    readonly samples: readonly number[];
    readonly timeDeltas: readonly number[];
  };
}

interface HeapNode {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

interface HeapProfile {
  readonly profile: { readonly head: HeapNode };
}

/** A session of the thread's own answers before `post` returns. */
function call(session: Session, method: string, parameters: object = {}): unknown {
  let answer: unknown;
  session.post(method, parameters, (error, result) => {
    if (error !== null) throw new Error(`${method}: ${error.message}`);
    answer = result;
  });
  return answer;
}

function cpuOf({ profile }: CpuProfile): Map<string, number> {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const taken = new Map<string, number>();
  for (const [at, id] of profile.samples.entries()) {
    add(taken, names.get(id) ?? '', profile.timeDeltas[at] ?? 0);
  }
  return taken;
}

function bytesOf({ profile }: HeapProfile): Map<string, number> {
  const taken = new Map<string, number>();
  const queue = [profile.head];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    add(taken, nameOf(node.callFrame), node.selfSize);
    queue.push(...node.children);
  }
  return taken;
}

function add(taken: Map<string, number>, name: string, amount: number): void {
  taken.set(name, (taken.get(name) ?? 0) + amount);
}

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const place = url.split('/').slice(-2).join('/');
  return `${functionName || '(anonymous)'}${place === '' ? '' : ` ${place}:${lineNumber + 1}`}`;
}

function mostFirst(taken: ReadonlyMap<string, number>): readonly Taken[] {
  return [...taken]
    .map(([name, amount]) => ({ name, amount }))
    .toSorted((a, b) => b.amount - a.amount);
}

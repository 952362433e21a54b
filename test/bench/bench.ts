/**
 * `npm run bench`: what the harness itself costs. Figures of one run compare with each other only; on a
 * busy machine compare ratios, which are interleaved, and CPU per message.
 *
 *   --only rows|hot-path|generator|lateness|hog|checking|comparison|simulator|embedded|kafka|rabbitmq|nats|redis|rabbitmq-perf-test|kafka-java   repeatable
 *   --messages 100000000   of the largest judged history
 *   --payload 1024   bytes of a message in the pairs; what other tools publish by default
 *   --tries n    tries of the comparison, 20 by default
 *   --pairs n                                                pairs of the ratios, 20 by default
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { describeError } from '../../harness/core/errors.ts';
import { plural } from '../../harness/core/plural.ts';
import {
  type ComparedMetric,
  comparedMetrics,
  measureComparison,
  type Tried,
} from './comparison.ts';
import { CheckingBench, type CheckingTask, misjudged } from './checking.ts';
import { measureGenerator, measureLateness } from './null-engine.ts';
import { measureRows } from './rows.ts';
import { measureSimulator } from './simulator.ts';
import { measureStandstill, standstillText } from './standstill.ts';
import { median } from '../../harness/core/statistics/median.ts';
import { measureHog } from './hog.ts';
import { measureHotPath } from './hot-path.ts';
import { besideTool } from './java/beside.ts';
import { type BesideTool, besideTools } from './java/tools.ts';
import type { LoopResult } from './pairs.ts';
import { compareOn, systems } from './systems.ts';

const seed = 20_261_123;
const generatorMessages = 4_000_000;
const generatorRuns = 3;
/** Nodes, messages at a time, seeds. */
const simulated = [
  [1, 1, 200],
  [3, 1, 200],
  [3, 100, 60],
  [3, 1000, 20],
] as const;
const sections = [
  'rows',
  'hot-path',
  'generator',
  'lateness',
  'hog',
  'checking',
  'comparison',
  'simulator',
  ...systems.map((system) => system.name),
  ...besideTools.map((beside) => beside.name),
];

function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

async function rows(): Promise<void> {
  print('in-process rows                  ns each');
  for (const row of await measureRows()) {
    const each = row.nanosecondsEach.toFixed(1).padStart(8);
    print(`  ${row.name.padEnd(28)} ${each}  ± ${row.margin.toFixed(1)} %`);
  }
}

async function hotPath(): Promise<void> {
  print('a producer’s thread on the null engine, profiled   nothing of its own for each message');
  for (const line of await measureHotPath()) print(`  ${line}`);
}

/** One worker, two, four, and as many as there are cores. */
async function generator(): Promise<void> {
  print('null-engine generator with header, history and latency   goal 1 M msg/s per worker');
  const cores = availableParallelism();
  const counts = [1, 2, 4, 8, 16, 32].filter((workers) => workers < cores);
  for (const workers of [...counts, cores]) {
    const rates: number[] = [];
    for (let i = 0; i < generatorRuns; i += 1) {
      const result = await measureGenerator(generatorMessages, workers);
      rates.push(result.messagesPerSecond);
      print(
        `  ${plural(workers, 'worker')}   ${millions(result.messagesPerSecond)} M msg/s   ${result.cpuMicrosPerMessage.toFixed(2)} µs CPU/msg   ` +
          `${result.events} events ${result.isOneSequence ? 'in one sequence' : 'OUT OF ORDER'}, ${result.spilled} spilled, ${result.lost} lost`,
      );
    }
    const all = median(rates);
    print(`  median ${millions(all)} M msg/s, ${millions(all / workers)} M per worker`);
  }
}

async function lateness(): Promise<void> {
  print('lateness at 100,000 msg/s, spinning   goal p50 < 5 µs, p99 < 500 µs with a core free');
  const before = await measureStandstill();
  const late = await measureLateness(100_000, 500_000);
  const after = await measureStandstill();
  print(
    `  p50 ${micros(late.p50Ns)} µs   p99 ${micros(late.p99Ns)} µs   p99.9 ${micros(late.p999Ns)} µs   ` +
      `max ${micros(late.maxNs)} µs   (${late.count} sends)`,
  );
  print(`  the machine before it: ${standstillText(before)}; after it: ${standstillText(after)}`);
}

/** Whether a hog beside the run, and a broker that is slow, are told apart. */
async function hog(): Promise<void> {
  print(
    'who is to blame, 5 rounds each   goal: every round of the last two; of the first on a quiet machine',
  );
  for (const condition of await measureHog()) {
    const p99 = (ns: readonly number[]): string =>
      `${(median(ns) / 1e6).toFixed(2)} ms`.padStart(10);
    print(
      `  ${condition.name.padEnd(32)} ${condition.right} of ${condition.rounds}   lateness p99 ${p99(condition.latenessP99Ns)}   end-to-end p99 ${p99(condition.responseP99Ns)}`,
    );
    for (const reason of condition.reasons.slice(0, 4)) print(`    ${reason}`);
  }
}

/** Histories with planted anomalies, lanes interleaved at random, four events a message. */
function checking(most: number): void {
  print(
    'checking, 1,024 lanes at random, 8 scopes, 4 events a message, places on   goal 10 M events/s',
  );
  const base = { lanes: 1_024, scopes: 8, every: 100_000, seed } as const;
  const sizes = [most / 100, most / 10, most].map(Math.floor);
  const bench = new CheckingBench();
  try {
    const show = (name: string, task: CheckingTask): void => {
      const report = bench.run(task);
      const wrong = misjudged(task, report);
      const rate = millions(report.planted.events / report.judgingSeconds).padStart(6);
      const size = `${(task.messages / 1e6).toFixed(1)} M messages`.padStart(14);
      const memory = `${(report.residentBytes / 1e6).toFixed(0)} MB resident`.padStart(16);
      const exact = wrong.length === 0 ? 'exact' : `WRONG: ${wrong.join('; ')}`;
      print(`  ${name.padEnd(42)} ${size} ${rate} M events/s ${memory}   ${exact}`);
    };
    for (const messages of sizes) {
      show('exactly-once, per-key order', {
        ...base,
        messages,
        level: 'exactly-once',
        from: 'memory',
      });
    }
    const fromDisk = {
      ...base,
      messages: sizes[1] ?? 0,
      level: 'exactly-once',
      from: 'disk',
    } as const;
    show('exactly-once, per-key order, from disk', fromDisk);
    for (const messages of sizes) {
      const task = { ...base, messages, level: 'at-least-once', from: 'memory' } as const;
      show('at-least-once, per-key order (goal 128 MB)', task);
    }
    print('  each further plane of one bit a message: 12.5 MB for 100 M messages');
  } finally {
    bench.close();
  }
}

/** Whether `compare` accuses nobody and overlooks nothing, on real rounds of a service that is known. */
async function comparison(tries: number): Promise<void> {
  print(
    'comparison, 5 rounds against 5   goal of 20: calm ≥ 18 where nothing changed, found ≥ 16 where the service takes a tenth more',
  );
  const { alike, slower, invalidRounds, roundsRun } = await measureComparison(tries, print);
  const count = (tried: readonly Tried[], words: readonly string[]): number =>
    tried.filter(({ word }) => words.includes(word)).length;
  const line = (metric: ComparedMetric): string => {
    const calm = count(alike[metric], ['no change', 'within noise']);
    const found = count(slower[metric], ['regressed']);
    const factors = slower[metric].map(({ factor }) => factor);
    return `  ${metric.padEnd(12)} calm ${calm} of ${tries}   found ${found} of ${tries}   median factor of the planted ×${median(factors).toFixed(3)}`;
  };
  for (const metric of comparedMetrics) print(line(metric));
  print(`  ${invalidRounds} of ${roundsRun} rounds were invalid`);
}

function simulator(): void {
  print(
    'simulator, the log on three replicas, faults and checks on   goal 100 k steps/s, 500 k batched messages/s',
  );
  for (const [nodes, batch, seeds] of simulated) {
    const { steps, messages, cpuSeconds, wallSeconds } = measureSimulator(nodes, batch, seeds);
    const rate = (count: number, seconds: number): string =>
      (count / seconds / 1e3).toFixed(0).padStart(4);
    print(
      `  ${nodes} node${nodes === 1 ? ' ' : 's'}, ${String(batch).padStart(4)} messages at a time, ${String(seeds).padStart(3)} seeds: ` +
        `${rate(steps, cpuSeconds)} k steps, ${rate(messages, cpuSeconds)} k messages per CPU second; ` +
        `${rate(steps, wallSeconds)} k, ${rate(messages, wallSeconds)} k per second`,
    );
  }
}

async function ratio(name: string, payloadBytes: number, pairs: number): Promise<void> {
  const system = systems.find((known) => known.name === name);
  if (system === undefined) return;
  print(
    `harness ÷ bare client, publishing ${payloadBytes} B to ${system.engine}@${system.profile}   goal ≥ 0.95, lower bound ≥ 0.90`,
  );
  try {
    const result = await compareOn(system, payloadBytes, pairs, seed);
    const { low, high } = result.interval;
    print(
      `  ratio ${result.ratio.toFixed(3)}  95 % [${low.toFixed(3)}, ${high.toFixed(3)}]  ${result.pairs} pairs`,
    );
    for (const side of ['bare', 'harness'] as const) {
      const { messagesPerSecond, cpuMicrosPerMessage } = result[side];
      const rate = Math.round(messagesPerSecond).toLocaleString('en').padStart(10);
      print(
        `  ${side.padEnd(8)} ${rate} msg/s   client CPU ${cpuMicrosPerMessage.toFixed(2)} µs/msg`,
      );
    }
  } catch (error) {
    print(`  not run: ${describeError(error)}`);
  }
}

async function beside(tool: BesideTool, payloadBytes: number, pairs: number): Promise<void> {
  print(
    `harness ÷ ${tool.title}, publishing ${payloadBytes} B   goal ≥ 1.0, with no more client CPU`,
  );
  try {
    const { comparison: result, ...of } = await besideTool(tool, payloadBytes, pairs, seed);
    const { low, high } = result.interval;
    const figures = ({ messagesPerSecond, cpuMicrosPerMessage }: LoopResult): string =>
      `${Math.round(messagesPerSecond).toLocaleString('en').padStart(10)} msg/s   client CPU ${cpuMicrosPerMessage.toFixed(2)} µs/msg`;
    print(
      `  ratio ${result.ratio.toFixed(3)}  95 % [${low.toFixed(3)}, ${high.toFixed(3)}]  ${result.pairs} pairs`,
    );
    print(`  tool     ${figures(result.bare)} (its JVM)`);
    print(
      `  harness  ${figures(result.harness)} (its thread), ${of.wholeCpuMicrosPerMessage.toFixed(2)} with merge and every check`,
    );
    print(`  the tool ran with ${of.settings}`);
  } catch (error) {
    print(`  not run: ${describeError(error)}`);
  }
}

const millions = (value: number): string => (value / 1e6).toFixed(2);
const micros = (ns: number): string => (ns / 1e3).toFixed(1);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      pairs: { type: 'string', default: '20' },
      payload: { type: 'string', default: '1024' },
      messages: { type: 'string', default: '100000000' },
      tries: { type: 'string', default: '20' },
    },
  });
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1) throw new Error(`--pairs ${values.pairs}`);
  const payloadBytes = Number(values.payload);
  if (!Number.isInteger(payloadBytes) || payloadBytes < 64) {
    throw new Error(`--payload ${values.payload}: at least the 64 bytes of the header`);
  }
  const messages = Number(values.messages);
  if (!Number.isInteger(messages) || messages < 100_000) {
    throw new Error(`--messages ${values.messages}: at least 100000`);
  }
  const tries = Number(values.tries);
  if (!Number.isInteger(tries) || tries < 1) throw new Error(`--tries ${values.tries}`);
  const only = values.only ?? sections;
  const unknown = only.find((name) => !sections.includes(name));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: choose of ${sections.join(', ')}`);
  print(
    `node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown CPU'}, ` +
      `load average ${loadavg()[0]?.toFixed(2)}`,
  );
  for (const name of sections.filter((section) => only.includes(section))) {
    print();
    if (name === 'rows') await rows();
    else if (name === 'hot-path') await hotPath();
    else if (name === 'generator') await generator();
    else if (name === 'lateness') await lateness();
    else if (name === 'hog') await hog();
    else if (name === 'checking') checking(messages);
    else if (name === 'comparison') await comparison(tries);
    else if (name === 'simulator') simulator();
    else {
      const tool = besideTools.find((known) => known.name === name);
      if (tool === undefined) await ratio(name, payloadBytes, pairs);
      else await beside(tool, payloadBytes, pairs);
    }
  }
}

await main();

import process from 'node:process';
import { cacheDirectoryOf } from '../../../harness/cli/cache-directory.ts';
import { median } from '../../../harness/core/statistics/median.ts';
import { harnessLoop } from '../harness-loop.ts';
import type { Comparison } from '../pairs.ts';
import { compareLoops, systems } from '../systems.ts';
import { javaLoop } from './java-loop.ts';
import { fetchTool } from './maven-tool.ts';
import type { BesideTool } from './tools.ts';

export interface Beside {
  /** `bare` is the tool. */
  readonly comparison: Comparison;
  /** All threads of the harness: the client's, the merge and every check. */
  readonly wholeCpuMicrosPerMessage: number;
  readonly settings: string;
}

/** The harness and a vendor's tool by turns, with the same bytes in flight, each warm. */
export async function besideTool(
  beside: BesideTool,
  payloadBytes: number,
  pairs: number,
  seed: number,
): Promise<Beside> {
  const known = systems.find(({ name }) => name === beside.system);
  if (known === undefined) throw new Error(`no system ${beside.system}`);
  const classPath = await fetchTool(beside.tool, cacheDirectoryOf(process.env));
  const system = { ...known, workload: { ...known.workload, messages: beside.messages } };
  const whole: number[] = [];
  let settings = '';
  const comparison = await compareLoops(system, payloadBytes, pairs, seed, {
    bare: (prepared) => {
      const command = beside.command(prepared);
      settings = command.settings.join(' ');
      return javaLoop({ ...command, classPath });
    },
    harness: async (prepared) => {
      const before = process.cpuUsage();
      const result = await harnessLoop(prepared);
      const { user, system: kernel } = process.cpuUsage(before);
      whole.push((user + kernel) / prepared.workload.messages);
      return result;
    },
  });
  return { comparison, wholeCpuMicrosPerMessage: median(whole.slice(1)), settings };
}

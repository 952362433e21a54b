import { readdir, readFile } from 'node:fs/promises';
import { AckmarkError } from '../../harness/core/errors.ts';

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The process called `command` among the descendants of `ancestor`, seen from our own namespace. */
export async function descendantNamed(ancestor: number, command: string): Promise<number> {
  const all = await processes();
  const family = new Set([ancestor]);
  for (let grown = 0; grown !== family.size; ) {
    grown = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  const found = all.find((entry) => entry.command === command && family.has(entry.pid));
  if (found !== undefined) return found.pid;
  throw new AckmarkError('PROCESS_DIED', `no process ${command} runs under ${ancestor}`, {
    hint: 'It ended while it was looked for; read its log.',
  });
}

async function processes(): Promise<readonly ProcessEntry[]> {
  const entries: ProcessEntry[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const entry = await readFile(`/proc/${name}/stat`, 'utf8').then(parse, () => undefined);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** `pid (command) state parent …`; the command may hold spaces and parentheses. */
function parse(stat: string): ProcessEntry {
  const open = stat.indexOf('(');
  const close = stat.lastIndexOf(')');
  return {
    pid: Number(stat.slice(0, open)),
    command: stat.slice(open + 1, close),
    parent: Number(stat.slice(close + 2).split(' ')[1]),
  };
}

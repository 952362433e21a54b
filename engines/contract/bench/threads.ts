import { Worker } from 'node:worker_threads';
import { contractFailure, within } from './expecting.ts';
import type { ContractSubject } from './subject.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** URLs of every module that `import(module)` loads, found in a fresh thread. */
export async function modulesLoadedBy(module: URL, patienceMs: number): Promise<readonly string[]> {
  const worker = new Worker(new URL(`./imports.worker.${suffix}`, import.meta.url), {
    workerData: { module: module.href },
  });
  try {
    const loaded = new Promise<readonly string[]>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    return await within('importing the engine module', patienceMs, loaded);
  } finally {
    await worker.terminate();
  }
}

/** What the thread needs to open a cell of its own. */
export type VisitorData = Pick<
  ContractSubject,
  'profile' | 'target' | 'prefix' | 'patienceMs' | 'quietMs'
> & { readonly module: string };

export type VisitorMessage =
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'closed' }
  | { readonly kind: 'still-open'; readonly resources: readonly string[] };

/** Uses the engine in a thread of its own, which must end by itself once everything is closed. */
export async function visitAndLeave(subject: ContractSubject, prefix: string): Promise<void> {
  const { profile, target, patienceMs, quietMs, module } = subject;
  const workerData: VisitorData = {
    profile,
    target,
    patienceMs,
    quietMs,
    prefix,
    module: module.href,
  };
  const worker = new Worker(new URL(`./visitor.worker.${suffix}`, import.meta.url), { workerData });
  let open: readonly string[] = [];
  let closed = false;
  const left = new Promise<void>((resolve, reject) => {
    worker.on('message', (message: VisitorMessage) => {
      if (message.kind === 'failed') reject(contractFailure(`in a worker thread: ${message.why}`));
      else if (message.kind === 'closed') closed = true;
      else open = message.resources;
    });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      closed ? resolve() : reject(contractFailure(`the thread ended early with ${code}`)),
    );
  });
  try {
    await within('a thread that closed everything ends', 3 * patienceMs, left);
  } catch (failure) {
    if (!closed) throw failure;
    throw contractFailure(
      `everything was closed, yet the thread is kept alive by ${open.join(', ')}`,
    );
  } finally {
    await worker.terminate();
  }
}

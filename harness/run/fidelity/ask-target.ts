import type {
  Fidelity,
  FidelityClause,
  FidelityDeviation,
  Occasion,
} from '../../../engines/fidelity.ts';
import type { ClauseAnswerRecord } from '../../record/fidelity-schema.ts';
import type { RunEnvironment } from '../environment.ts';
import type { LiveTarget } from '../live-target.ts';
import { sleep } from '../waiting.ts';
import { askClause } from './ask-clause.ts';

/** Most clauses are about time that passes: they wait beside each other, and few of them work. */
const atOnce = 5;

export interface Asking {
  /** For progress: `sqs on fauxqs`. */
  readonly name: string;
  readonly fidelity: Fidelity;
  readonly live: LiveTarget;
  readonly day: string;
}

/** All clauses on one target: first those that bear others beside them, last those that kill it. */
export async function askTarget(
  { name, fidelity, live, day }: Asking,
  environment: RunEnvironment,
): Promise<readonly ClauseAnswerRecord[]> {
  const { clock, progress, signal } = environment;
  const { clauses } = fidelity;
  const answers = new Map<string, ClauseAnswerRecord>();
  const ask = async (clause: FidelityClause): Promise<void> => {
    if (signal.aborted) return;
    const startedNs = clock.nowNs();
    const occasionWith = (ending: AbortSignal): Occasion =>
      occasionOf(live, clauses.indexOf(clause), environment, ending);
    const answer = await askClause(clause, occasionWith, signal);
    // What was cut short by the interruption was not asked.
    if (signal.aborted && answer.verdict === 'inconclusive') return;
    const deviation = deviationOf(fidelity.deviations, clause.id, live.direct.kind, day);
    const tookNs = clock.nowNs() - startedNs;
    answers.set(clause.id, { clause: clause.id, ...answer, deviation, tookNs });
    progress.phase(name, `${answers.size} of ${clauses.length} clauses`);
  };
  const inManner = (manner: FidelityClause['manner']) =>
    clauses.filter((clause) => clause.manner === manner);
  await besideEachOther(inManner('beside-others'), ask);
  for (const clause of [...inManner('alone'), ...inManner('crashes')]) await ask(clause);
  return clauses.flatMap(({ id }) => answers.get(id) ?? []);
}

async function besideEachOther<T>(
  all: readonly T[],
  work: (one: T) => Promise<void>,
): Promise<void> {
  const left = [...all];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function occasionOf(
  live: LiveTarget,
  index: number,
  { brokerKey, clock }: RunEnvironment,
  signal: AbortSignal,
): Occasion {
  const { access } = live;
  return {
    target: live.direct,
    name: `ackmark-${brokerKey}-c${index}`,
    signal,
    nowMs: () => clock.nowNs() / 1e6,
    wait: (ms) => sleep(Math.max(0, ms), signal),
    crash:
      access.kind === 'external'
        ? undefined
        : async () => {
            for (const node of access.nodes) await node.kill();
            for (const node of access.nodes) await node.restart();
          },
  };
}

function deviationOf(
  known: readonly FidelityDeviation[],
  clause: string,
  target: string,
  day: string,
): ClauseAnswerRecord['deviation'] {
  const found = known.find((one) => one.clause === clause && one.target === target);
  if (found === undefined) return null;
  const { id, shows, because, shownBy, expires } = found;
  // Dates of this form sort as text.
  return { id, shows, because, shownBy, expires, expired: day > expires };
}

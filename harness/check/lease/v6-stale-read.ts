import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../core/events.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { AcknowledgedEnds } from './acknowledged-ends.ts';

export const staleRead: CheckModule = {
  id: 'V6',
  definition:
    'A read of a scope could not return an entry whose send had been acknowledged longer than the bound before the read was invoked.',
  source: 'Jepsen: real-time lag of the Kafka workload, stable latency of set-full',
  memory: '32 bytes for each of at most 4,096 steps of the end of a scope',
  example: [
    '{"kind":"history","version":1,"bounds":{"stalenessMs":10}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":0}',
    '{"timeMs":30,"kind":"read","actor":"c","group":"g","scope":"s","requestedMs":20,"position":0}',
    '{"timeMs":40,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"s","position":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ placed }) => (placed ? undefined : 'no places are recorded'),
  create: staleReadCheck,
};

/**
 * V6, stale read. The staleness of a read is the time from the first acknowledgement of anything at or beyond
 * the position where it ended to its invocation. Readers of committed messages stop before the first open
 * transaction, and rightly so: where transactions are read that way, a stale read is possible only. So is one
 * whose acknowledgement is known to within the bound only, after thousands of steps of a scope's end.
 */
function staleReadCheck(state: MessageState, seed: number): Check {
  const findings = new Findings('V6', state.lanes, seed);
  const boundNs = state.facts.bounds.stalenessMs * 1e6;
  const mayStop = state.facts.transactions === 'read-committed';
  const ends = new Map<number, AcknowledgedEnds>();
  let reads = 0;
  const sent = (event: EventRecord, count: number): void => {
    const { flags, outcome, scope, timeNs } = event;
    if (outcome !== OutcomeCode.ok || (flags & Flag.placed) === 0) return;
    let end = ends.get(scope);
    if (end === undefined) {
      end = new AcknowledgedEnds();
      ends.set(scope, end);
    }
    end.acknowledged(timeNs, event.positionMajor + count - 1, event.positionMinor);
  };
  const read = ({
    scope,
    group,
    auxNs,
    positionMajor,
    positionMinor,
    timeNs,
  }: EventRecord): void => {
    reads += 1;
    const missed = ends.get(scope)?.firstBeyond({ major: positionMajor, minor: positionMinor });
    if (missed === undefined || auxNs - missed.fromNs <= boundNs) return;
    if (mayStop || auxNs - missed.toNs <= boundNs) {
      findings.possible += 1;
      return;
    }
    const staleMs = ((auxNs - missed.toNs) / 1e6).toFixed(1);
    const note = `invoked ${staleMs} ms after an entry was acknowledged that it could not return`;
    findings.addAbout(classOf((auxNs - missed.toNs) / boundNs), {
      about: 'scope',
      scope,
      group,
      atNs: timeNs,
      note,
    });
  };
  const finish = (): CheckResult => findings.result(reads);
  return {
    listensTo: [EventKind.sendSettled, EventKind.read],
    takesRuns: true,
    fold: (event, count = 1) => {
      if (event.kind === EventKind.read) read(event);
      else sent(event, count);
    },
    finish,
  };
}

/** By how many times the bound. */
function classOf(times: number): string {
  if (times < 2) return 'below twice the bound';
  return times < 10 ? 'below ten times the bound' : 'ten times the bound or more';
}

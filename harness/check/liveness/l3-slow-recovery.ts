import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { progress } from './progress.ts';
import { tellStalls } from './tell-stalls.ts';

export const slowRecovery: CheckModule = {
  id: 'L3',
  definition:
    'From the end of a fault to the next acknowledged send or delivery it took longer than the bound recoveryMs, though somebody was asking.',
  source: 'Jepsen and Redpanda chaos tests: recovery time after the nemesis has stopped',
  memory: 'a few numbers a cell',
  example: [
    '{"kind":"history","version":1,"bounds":{"recoveryMs":1000}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":4,"kind":"fault.start","actor":"f","fault":"kill the leader"}',
    '{"timeMs":5,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":100,"kind":"fault.stop","actor":"f","fault":"kill the leader","bit":true}',
    '{"timeMs":5000,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":5001,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1}',
    '{"timeMs":5090,"kind":"drain.complete","group":"g"}',
  ],
  applies: () => undefined,
  create: slowRecoveryCheck,
};

function slowRecoveryCheck(state: MessageState, seed: number): Check {
  const waits = state.part(progress);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => {
      waits.close();
      const findings = new Findings('L3', state.lanes, seed);
      tellStalls(findings, {
        stalls: waits.recoveries,
        total: waits.recoveriesTotal,
        kind: 'after a fault',
        group: 0,
        note: (waitedMs) => `${waitedMs} ms from the end of the fault to a success`,
      });
      return findings.result(Math.max(waits.faultsStopped, waits.recoveriesTotal));
    },
  };
}

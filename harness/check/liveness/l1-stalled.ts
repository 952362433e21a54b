import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { progress } from './progress.ts';
import { tellStalls } from './tell-stalls.ts';

export const stalled: CheckModule = {
  id: 'L1',
  definition:
    'Sends were open, no send was acknowledged and nothing was delivered for longer than the bound stallMs, while every active fault was one that the system promises to bear.',
  source:
    'TigerBeetle Vortex (liveness is required only while faults stay within what is tolerated); Jepsen availability checks',
  memory: 'a few numbers a cell',
  example: [
    '{"kind":"history","version":1,"bounds":{"stallMs":1000}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":4,"kind":"fault.start","actor":"f","fault":"kill one node","tolerated":true}',
    '{"timeMs":5,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":3005,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":3006,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1}',
    '{"timeMs":3007,"kind":"fault.stop","actor":"f","fault":"kill one node","bit":true}',
    '{"timeMs":3090,"kind":"drain.complete","group":"g"}',
  ],
  applies: () => undefined,
  create: stalledCheck,
};

/** A fault of unknown tolerance excuses a stall like one that is beyond what is promised. */
function stalledCheck(state: MessageState, seed: number): Check {
  const waits = state.part(progress);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => {
      waits.close();
      const findings = new Findings('L1', state.lanes, seed);
      const { stalls, total, steps } = waits.sends;
      tellStalls(findings, {
        stalls,
        total,
        kind: 'sends open',
        group: 0,
        note: (waitedMs) => `open sends, and no progress for ${waitedMs} ms`,
      });
      return findings.result(Math.max(steps, total));
    },
  };
}

import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { progress } from './progress.ts';

export const neverDrained: CheckModule = {
  id: 'L4',
  definition:
    'The drain had begun, the history went on to its end, and a subscription was never proved to be empty.',
  source:
    'Jepsen queue workloads: the final drain; Ackmark’s own guard against losses that are none',
  memory: '1 bit a group',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":10,"kind":"phase","actor":"o","phase":"drain"}',
    '{"timeMs":900,"kind":"phase","actor":"o","phase":"end"}',
  ],
  applies: () => undefined,
  create: neverDrainedCheck,
};

/** Without phases in the history nobody said that it was to be drained, which is no chance either. */
function neverDrainedCheck(state: MessageState, seed: number): Check {
  const waits = state.part(progress);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => {
      const findings = new Findings('L4', state.lanes, seed);
      let exposure = 0;
      const { drainBeganNs, endedNs } = waits;
      state.groups.forEach((group, number) => {
        if (state.facts.groups[number]?.role !== 'subscription' || drainBeganNs < 0) return;
        exposure += 1;
        if (group.drained) return;
        if (endedNs < drainBeganNs) {
          findings.possible += 1;
          return;
        }
        const waitedMs = Math.round((endedNs - drainBeganNs) / 1e6);
        const note = `not drained when the history ended, ${waitedMs} ms after the drain had begun`;
        findings.addAbout('subscription', { about: 'cell', atNs: endedNs, group: number, note });
      });
      return findings.result(exposure);
    },
  };
}

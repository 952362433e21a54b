import { type CheckId, clauseTitle } from '../core/anomalies.ts';
import { noun, plural } from '../core/plural.ts';
import type { Conclusion } from './conclusion.ts';
import type { Accusation } from './judged-seed.ts';
import type { Shrunk } from './shrink.ts';
import type { SimulateReport, Violation } from './simulate.ts';
import { unclaimedLines } from './unclaimed-lines.ts';

const violationsShown = 10;

/** A report in words, with `replay` as the command that plays any of it again: what happened, what was seen, and what it amounts to. */
export function linesOf(
  id: string,
  report: SimulateReport,
  conclusion: Conclusion,
  broken: string | undefined,
  replay: string,
): readonly string[] {
  const { seeds, violations, smallest } = report;
  const rule = broken === undefined ? '' : ` --break ${broken}`;
  const shown = violations.slice(0, violationsShown);
  return [
    ...Object.entries(report.marks).map(([mark, count]) =>
      count === 0 ? `never: ${mark}` : `${mark}: ${count} of ${plural(seeds, 'seed')}`,
    ),
    ...unclaimedLines(report.unclaimed),
    ...shown.flatMap((violation) => violationLines(violation, `${replay}${rule}`)),
    ...(shown.length < violations.length
      ? [`${shown.length} of ${violations.length} violations shown`]
      : []),
    ...(smallest === undefined ? [] : smallestLines(smallest, `${replay}${rule}`)),
    summary(report),
    verdict(report, conclusion),
  ].map((line) => `${id}: ${line}`);
}

function violationLines({ seed, profile, accusation }: Violation, replay: string): string[] {
  return [
    `seed ${seed}, ${profile}: ${said(accusation)}`,
    `  replay: ${replay} --seed ${seed} --seeds 1`,
  ];
}

function smallestLines({ seed, only, messages, parts, ...of }: Shrunk, replay: string): string[] {
  const lanes = messages === undefined ? '' : `, ${plural(messages, 'message')} a lane at most`;
  const limit = messages === undefined ? '' : ` --messages ${messages}`;
  return [
    `seed ${seed}, shrunk in ${plural(of.plays, 'play')}: ${said(of.accusation)}`,
    `  it takes ${only.length} of ${plural(of.planned, 'part')} of its plan${lanes}`,
    ...only.map((part, index) => `  part ${part}: ${parts[index]}`),
    `  replay: ${replay} --seed ${seed} --seeds 1 --only ${only.join(',') || 'none'}${limit}`,
  ];
}

function said(accusation: Accusation): string {
  if (accusation.kind === 'stuck') return `stuck: ${accusation.because}`;
  if (accusation.kind === 'told') return accusation.wrongs.join('; ');
  return accusation.found.map(({ check, count }) => `${named(check)} (${count})`).join(', ');
}

function summary(report: SimulateReport): string {
  const { seeds, judged, events, steps, messages, violations } = report;
  const others = seeds - judged;
  const rest =
    others === 0
      ? ''
      : `, ${others} not: ${noun(others, 'it met faults that its profile does', 'they met faults that their profiles do')} not claim to bear`;
  const found = plural(violations.length, 'violation');
  return `${plural(seeds, 'seed')}, ${plural(steps, 'step')}, ${plural(messages, 'message')}, ${plural(events, 'event')}; ${judged} judged by ${noun(judged, 'its claims', 'their claims')}${rest}; ${found}`;
}

function verdict({ seeds, violations }: SimulateReport, conclusion: Conclusion): string {
  switch (conclusion.kind) {
    case 'kept':
      return 'kept: no claim was violated';
    case 'violated':
      return 'VIOLATED';
    case 'inconclusive':
      return `inconclusive: ${conclusion.because}`;
    case 'found': {
      const by = conclusion.by.map((id) => {
        if (id === 'stuck') return 'histories that never end';
        return id === 'told' ? 'what the play itself saw' : named(id);
      });
      const where = `${violations.length} of ${plural(seeds, 'seed')}`;
      return `rule ${conclusion.rule} broken: found in ${where}, by ${by.join(', ')}`;
    }
    case 'not found':
      return `rule ${conclusion.rule} broken, NOT found in ${plural(seeds, 'seed')}: raise --seeds`;
  }
}

function named(check: CheckId): string {
  return `${check} ${clauseTitle[check]}`;
}

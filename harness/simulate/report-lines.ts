import { type CheckId, checkIds, clauseTitle } from '../core/anomalies.ts';
import { noun, plural } from '../core/plural.ts';
import type { Conclusion } from './conclusion.ts';
import type { Accusation } from './judged-seed.ts';
import type { Shrunk } from './shrink.ts';
import type { SimulateReport, Unclaimed, Violation } from './simulate.ts';

const violationsShown = 10;
const profilesShown = 6;

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

function unclaimedLines(of: readonly Unclaimed[]): readonly string[] {
  const faults = new Map<string, Unclaimed[]>();
  for (const one of of) {
    const beyond = one.beyond.join(' and ');
    faults.set(beyond, [...(faults.get(beyond) ?? []), one]);
  }
  return [...faults].flatMap(([beyond, those]) => {
    const seeds = those.reduce((sum, one) => sum + one.seeds, 0);
    const all = those.map(({ profile }) => profile).toSorted();
    const left = all.length - profilesShown;
    const more = left > 0 ? `; and ${left} more` : '';
    const profiles = `${all.slice(0, profilesShown).join('; ')}${more}`;
    const seen = checkIds.flatMap((check) => {
      const count = those.reduce((sum, { shown }) => sum + (shown[check] ?? 0), 0);
      return count === 0 ? [] : [`${named(check)} in ${count}`];
    });
    return [
      `no violation: ${plural(seeds, 'seed')} met ${beyond}, which ${noun(seeds, 'its profile does', 'their profiles do')} not claim to bear (${profiles})`,
      `  what it cost there: ${seen.join(', ') || 'nothing'}`,
    ];
  });
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
  return accusation.found.map(({ check, count }) => `${named(check)} (${count})`).join(', ');
}

function summary({ seeds, judged, events, violations }: SimulateReport): string {
  const others = seeds - judged;
  const rest =
    others === 0
      ? ''
      : `, ${others} not: ${noun(others, 'it met faults that its profile does', 'they met faults that their profiles do')} not claim to bear`;
  const found = plural(violations.length, 'violation');
  return `${plural(seeds, 'seed')}, ${plural(events, 'event')}; ${judged} judged by ${noun(judged, 'its claims', 'their claims')}${rest}; ${found}`;
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
      const by = conclusion.by.map((id) =>
        id === 'stuck' ? 'histories that never end' : named(id),
      );
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

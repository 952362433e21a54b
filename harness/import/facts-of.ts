import {
  type Bounds,
  type CellFacts,
  defaultBounds,
  type GroupFacts,
  type RouteFacts,
} from '../core/facts.ts';
import { everywhere, type LaneSpan } from '../core/lanes.ts';
import type { SentLanes } from './conversion.ts';
import type { HistoryNames } from './history-names.ts';
import type { Implied } from './implied.ts';
import type { MergedHeader } from './merged-header.ts';
import { own } from './own.ts';

/** Numbers for what the header names, before any event: its order is the order of the facts. */
export function registerNames(header: MergedHeader, names: HistoryNames): void {
  for (const name of Object.keys(header.groups ?? {})) names.groups.numberOf(name);
  for (const group of Object.values(header.groups ?? {})) {
    if (group.role === 'dead-letter') names.groups.numberOf(group.of);
    if (group.role === 'subscription' && group.deadLetter !== undefined) {
      names.groups.numberOf(group.deadLetter);
    }
  }
  for (const [name, route] of Object.entries(header.routes ?? {})) {
    names.routes.numberOf(name);
    for (const group of route.groups) names.groups.numberOf(group);
  }
  for (const name of Object.keys(header.lanes ?? {})) names.lanes.numberOf(name);
  for (const name of header.sinks ?? []) names.sinks.numberOf(name);
}

/** What the header says, and where it is silent, what the events turned out to have. */
export function factsOf(header: MergedHeader, names: HistoryNames, implied: Implied): CellFacts {
  const groups = names.groups.names();
  return {
    groups: groups.map((name) => groupFacts(name, header, groups)),
    consumption: header.consumption ?? 'settle-after-processing',
    ackReply: header.ackReply ?? 'each',
    placed: header.placed ?? implied.places,
    leased: header.leased ?? implied.leases,
    messageGroups: header.messageGroups ?? false,
    fifoQueue: header.fifoQueue ?? false,
    oneOrder: header.oneOrder ?? false,
    assignments: header.assignments ?? implied.assignments,
    offsets: header.offsets ?? implied.offsets,
    transactions: header.transactions ?? (implied.transactions ? 'read-committed' : 'none'),
    routes: names.routes.names().map((name) => routeFacts(name, header, groups)),
    sinks: names.sinks.names().map((name) => ({ name })),
    attributes: header.attributes ?? implied.attributes,
    timed: header.timed ?? implied.timed,
    bounds: boundsOf(header),
  };
}

function boundsOf({ bounds = {} }: MergedHeader): Bounds {
  const said = Object.entries(bounds).filter(([, bound]) => bound !== undefined);
  return { ...defaultBounds, ...Object.fromEntries(said) };
}

function groupFacts(name: string, header: MergedHeader, groups: readonly string[]): GroupFacts {
  const said = own(header.groups, name);
  if (said !== undefined && said.role !== 'subscription') {
    if (said.role !== 'dead-letter') return said;
    return { role: 'dead-letter', of: groups.indexOf(said.of) };
  }
  const others = Object.entries(header.groups ?? {});
  if (said === undefined) {
    const of = others.find(([, other]) => 'deadLetter' in other && other.deadLetter === name);
    if (of !== undefined) return { role: 'dead-letter', of: groups.indexOf(of[0]) };
  }
  const reader = others.find(([, other]) => other.role === 'dead-letter' && other.of === name);
  const deadLetter = said?.deadLetter ?? reader?.[0];
  return {
    role: 'subscription',
    reset: said?.reset ?? 'unknown',
    attempts: said?.attempts ?? 0,
    deadLetter: deadLetter === undefined ? -1 : groups.indexOf(deadLetter),
    requeueTo: said?.requeueTo ?? 'any',
    filtered: said?.filtered ?? false,
  };
}

function routeFacts(name: string, header: MergedHeader, groups: readonly string[]): RouteFacts {
  const route = own(header.routes, name);
  return {
    groups: (route?.groups ?? []).map((group) => groups.indexOf(group)),
    mandatory: route?.mandatory ?? false,
  };
}

/** Lanes that were sent to or that the header names, neighbours of one kind in one span. */
export function lanesOf(
  header: MergedHeader,
  names: HistoryNames,
  sent: SentLanes,
): readonly LaneSpan[] {
  const spans: LaneSpan[] = [];
  for (const [lane, name] of names.lanes.names().entries()) {
    const said = own(header.lanes, name);
    if (said === undefined && !sent.has(lane)) continue;
    const ordered = said?.ordered ?? true;
    const route = said?.route === undefined ? everywhere : (names.routes.find(said.route) ?? -1);
    const last = spans.at(-1);
    if (
      last !== undefined &&
      last.first + last.count === lane &&
      last.ordered === ordered &&
      last.route === route
    ) {
      spans[spans.length - 1] = { ...last, count: last.count + 1 };
    } else spans.push({ first: lane, count: 1, ordered, route, actor: 0 });
  }
  return spans;
}

import { type CellFacts, defaultBounds, type GroupFacts } from '../core/facts.ts';
import type { LaneSpan } from '../core/lanes.ts';
import { type LineFields, nameAt } from './line-fields.ts';
import { lineFormatVersion } from './line-schema.ts';
import type { Sidecar } from './sidecar.ts';

/** The first line of a history: everything that its events may not show is said. */
export function headerOf(of: Sidecar): LineFields {
  const { facts, names } = of;
  const group = (number: number): string => nameAt(names.groups, number);
  return {
    kind: 'history',
    version: lineFormatVersion,
    run: of.run === '' ? undefined : of.run,
    note: of.originMs > 0 ? `times count from ${of.originMs} ms` : undefined,
    groups: Object.fromEntries(
      facts.groups.map((one, number) => [group(number), groupOf(one, group)]),
    ),
    routes: Object.fromEntries(
      facts.routes.map((route, number) => [
        nameAt(names.routes, number),
        { groups: route.groups.map(group), mandatory: route.mandatory },
      ]),
    ),
    lanes: Object.fromEntries(of.lanes.flatMap((span) => lanesOf(span, of))),
    sinks: facts.sinks.map(({ name }) => name),
    ...switches(facts),
    sendReply: of.sendReply,
    bounds: boundsOf(facts),
    faultsPlanned: of.faultsPlanned,
  };
}

function switches(facts: CellFacts): LineFields {
  const { groups: _groups, routes: _routes, sinks: _sinks, bounds: _bounds, ...said } = facts;
  return said;
}

function groupOf(facts: GroupFacts, name: (number: number) => string): LineFields {
  if (facts.role === 'dead-letter') return { role: facts.role, of: name(facts.of) };
  if (facts.role !== 'subscription') return facts;
  return { ...facts, deadLetter: facts.deadLetter < 0 ? undefined : name(facts.deadLetter) };
}

/** Of so many lanes a header names those alone that are unordered or have a route; their sends show the rest. */
const manyLanes = 4_096;

function lanesOf(
  span: LaneSpan,
  { facts, names, lanes }: Sidecar,
): (readonly [string, LineFields])[] {
  const route =
    facts.routes[span.route] === undefined ? undefined : nameAt(names.routes, span.route);
  const all = lanes.reduce((sum, { count }) => sum + count, 0);
  if (all > manyLanes && span.ordered && route === undefined) return [];
  return Array.from({ length: span.count }, (_, at) => [
    nameAt(names.lanes, span.first + at),
    { ordered: span.ordered, route },
  ]);
}

function boundsOf({ bounds }: CellFacts): LineFields {
  const known: Readonly<Record<string, number>> = { ...defaultBounds };
  return Object.fromEntries(Object.entries(bounds).filter(([name, ms]) => known[name] !== ms));
}

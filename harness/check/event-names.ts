/** What an event names by a number, besides actors and outcomes. */
export type NamedThing =
  | 'lane'
  | 'group'
  | 'scope'
  | 'route'
  | 'sink'
  | 'fault'
  | 'transaction'
  | 'transactional id';

/** What a thing of a number is called. */
export type NameOf = (thing: NamedThing, number: number) => string;

/** Names that only the history's writer knows. What they return is untrusted text. */
export interface EventNames {
  actorName(actor: number): string;
  outcomeName(code: number): string;
  /** Without it the number itself is the name; faults count from 1. */
  readonly nameOf?: NameOf;
  /** Where the history's writer finds an event of this number, from 0; without it nowhere. */
  readonly originOf?: (event: number) => string;
}

export function nameOf(names: EventNames, thing: NamedThing, number: number): string {
  if (names.nameOf !== undefined) return names.nameOf(thing, number);
  return String(thing === 'fault' ? number + 1 : number);
}

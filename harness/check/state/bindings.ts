import { BindingCode, EventKind, type EventRecord } from '../../core/events.ts';
import type { MessageState } from './message-state.ts';
import { eachBit, Plane } from './planes.ts';
import type { StatePart } from './state-part.ts';

/** What a route does with respect to one group. */
const Leads = { away: 0, there: 1, unknown: 2 } as const;
type Leads = (typeof Leads)[keyof typeof Leads];

/** One route and one group, from the first change between them on. */
interface Binding {
  readonly group: number;
  leads: Leads;
  /** Changes that were requested and have not taken effect for certain. */
  open: number;
  /** What those changes lead to; `unknown` where they contradict each other. */
  pending: Leads;
}

/** The cell's part, shared by everything that asks where a message belongs. */
export function bindingsOf(state: MessageState): Bindings {
  return state.part(makeBindings);
}

function makeBindings(state: MessageState): Bindings {
  return new Bindings(state);
}

/**
 * The reference router: to which groups each message belongs. It is the routes of the cell's facts,
 * changed by `bind` and `unbind`, whose effect begins somewhere between their two events. A message whose
 * send was under way in such a window is exempt: either way is legal. So is one that may be applied later:
 * its outcome is unknown, or it was sent more than once. Only what differs from the facts is kept, so that
 * routes without changes cost nothing.
 */
export class Bindings implements StatePart {
  readonly listensTo: readonly EventKind[];
  readonly #state: MessageState;
  /** By route: its groups that were ever bound or unbound. */
  readonly #changed: Binding[][];
  /** By group: messages that were sent while their route led the other way than the facts say. */
  readonly #flipped: (Plane | undefined)[];
  readonly #exempt: (Plane | undefined)[];
  /** By group and lane: what was sent before this seq is exempt already or can be applied no more. */
  readonly #marks: Map<number, number>[];

  constructor(state: MessageState) {
    this.#state = state;
    const { routes, groups } = state.facts;
    this.#changed = routes.map(() => []);
    this.#flipped = groups.map(() => undefined);
    this.#exempt = groups.map(() => undefined);
    this.#marks = groups.map(() => new Map());
    this.listensTo =
      routes.length === 0 ? [] : [EventKind.sendInvoke, EventKind.bound, EventKind.unbound];
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.sendInvoke) this.#sent(event);
    else this.#change(event);
  }

  /** Messages of the word that certainly belong to the group; all of them without a declared route. */
  belongsWord(group: number, lane: number, word: number): number {
    const leads = this.#leadsWord(group, lane, word);
    return leads & ~(this.#exempt[group]?.word(lane, word) ?? 0);
  }

  /** Messages of the word that certainly do not belong to the group. */
  straysWord(group: number, lane: number, word: number): number {
    const leads = this.#leadsWord(group, lane, word);
    return ~leads & ~(this.#exempt[group]?.word(lane, word) ?? 0);
  }

  /** Whether what is sent to the lane now may reach the group. */
  mayLead(lane: number, group: number): boolean {
    const route = this.#state.lanes.routeOf(lane);
    const binding = this.#changed[route]?.find((one) => one.group === group);
    if (binding === undefined) return this.#leadsInFacts(group, lane);
    return binding.open > 0 || binding.leads !== Leads.away;
  }

  bytes(): number {
    return [...this.#flipped, ...this.#exempt].reduce((sum, of) => sum + (of?.bytes() ?? 0), 0);
  }

  #leadsInFacts(group: number, lane: number): boolean {
    const route = this.#state.facts.routes[this.#state.lanes.routeOf(lane)];
    return route === undefined || route.groups.includes(group);
  }

  #leadsWord(group: number, lane: number, word: number): number {
    const base = this.#leadsInFacts(group, lane) ? -1 : 0;
    return base ^ (this.#flipped[group]?.word(lane, word) ?? 0);
  }

  #sent({ lane, seq }: EventRecord): void {
    const index = this.#state.lanes.indexOf(lane);
    const changed = this.#changed[this.#state.lanes.routeOf(index)];
    if (index < 0 || changed === undefined || changed.length === 0) return;
    for (const { group, leads, open } of changed) {
      const isOld = seq < (this.#marks[group]?.get(index) ?? 0);
      if (open > 0 || leads === Leads.unknown || isOld) this.#exempt[group]?.set(index, seq);
      else if ((leads === Leads.there) !== this.#leadsInFacts(group, index)) {
        this.#flipped[group]?.set(index, seq);
      }
    }
  }

  #names(route: number, group: number): string {
    const { nameOf } = this.#state;
    return `route ${nameOf('route', route)} and subscription ${nameOf('group', group)}`;
  }

  #change({ kind, group, ref: route, detail }: EventRecord): void {
    const binding = this.#bindingOf(route, group);
    if (binding === undefined) {
      const text = `a binding between ${this.#names(route, group)}, which the cell lacks`;
      return this.#state.irregularities.note('binding', text);
    }
    const leads = kind === EventKind.bound ? Leads.there : Leads.away;
    if (detail === BindingCode.invoke) {
      if (binding.open === 0) binding.pending = leads;
      else if (binding.pending !== leads) binding.pending = Leads.unknown;
      binding.open += 1;
      return this.#exemptSent(route, group, 'what may still be applied');
    }
    if (binding.open === 0) {
      const text = `a binding of ${this.#names(route, group)} took effect unrequested`;
      this.#state.irregularities.note('binding', text);
      binding.leads = leads;
      return this.#exemptSent(route, group, 'everything');
    }
    binding.open -= 1;
    if (binding.open === 0) binding.leads = binding.pending;
  }

  #bindingOf(route: number, group: number): Binding | undefined {
    const changed = this.#changed[route];
    const facts = this.#state.facts;
    if (changed === undefined || facts.groups[group] === undefined) return undefined;
    const known = changed.find((one) => one.group === group);
    if (known !== undefined) return known;
    const leads = facts.routes[route]?.groups.includes(group) === true ? Leads.there : Leads.away;
    const binding: Binding = { group, leads, open: 0, pending: leads };
    changed.push(binding);
    this.#flipped[group] ??= new Plane(this.#state.lanes);
    this.#exempt[group] ??= new Plane(this.#state.lanes);
    return binding;
  }

  #exemptSent(
    route: number,
    group: number,
    what: 'what may still be applied' | 'everything',
  ): void {
    const { lanes } = this.#state;
    const marks = this.#marks[group];
    for (let lane = 0; lane < lanes.size; lane += 1) {
      if (lanes.routeOf(lane) !== route) continue;
      const from = what === 'everything' ? 0 : (marks?.get(lane) ?? 0) >>> 5;
      for (let word = from; word < lanes.wordsOf(lane); word += 1) {
        const open = what === 'everything' ? -1 : this.#openWord(lane, word);
        eachBit(open & lanes.sentMask(lane, word), word, (seq) => {
          this.#exempt[group]?.set(lane, seq);
        });
      }
      marks?.set(lane, lanes.nextOf(lane));
    }
  }

  #openWord(lane: number, word: number): number {
    const { sends } = this.#state;
    const unknown = sends.unknown.word(lane, word);
    const settled = sends.ok.word(lane, word) | sends.failed.word(lane, word);
    return ~settled | unknown | sends.resent.word(lane, word);
  }
}

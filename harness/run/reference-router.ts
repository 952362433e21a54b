import type { BindingSpec } from '../../engines/engine.ts';
import type { Address, RoutingPlan } from '../../scenarios/scenario.ts';

/**
 * Where a message must go: a pure function of the bindings in force, and nobody's implementation. AMQP 0-9-1
 * section 3.1.3 says how each type of exchange chooses; a queue gets a message once, whatever leads there.
 * What no binding of a destination wants goes on to its alternate (RabbitMQ, docs/ae).
 *
 * @returns subscriptions, ascending; none: the message is unroutable
 */
export function subscriptionsFor(
  plan: RoutingPlan,
  inForce: ReadonlySet<number>,
  address: Address,
): readonly number[] {
  let at: number | undefined = address.destination;
  for (let hops = 0; at !== undefined && hops <= plan.destinations.length; hops += 1) {
    const found = atDestination(plan, inForce, at, address);
    if (found.length > 0) return found;
    at = plan.destinations[at]?.alternate;
  }
  return [];
}

function atDestination(
  { destinations, subscriptions, bindings }: RoutingPlan,
  inForce: ReadonlySet<number>,
  destination: number,
  address: Address,
): readonly number[] {
  const by = destinations[destination]?.by;
  const readers = [...subscriptions.keys()].filter((of) => subscriptions[of] === destination);
  if (by === undefined || by === 'everything') return readers;
  const wanted = new Set(
    [...inForce].flatMap((number) => {
      const binding = bindings[number];
      return binding !== undefined && matches[by](binding, address) ? [binding.subscription] : [];
    }),
  );
  return readers.filter((reader) => wanted.has(reader));
}

const matches = {
  direct: (binding: BindingSpec, { key }: Address) => binding.key === key,
  topic: (binding: BindingSpec, { key }: Address) => hasPattern(wordsOf(key), wordsOf(binding.key)),
  headers: ({ headers, match }: BindingSpec, { headers: has = {} }: Address) => {
    const asked = Object.entries(headers);
    const agrees = ([name, value]: [string, string]): boolean =>
      Object.hasOwn(has, name) && has[name] === value;
    return match === 'all' ? asked.every(agrees) : asked.some(agrees);
  },
} as const;

/** An empty key has no words, as in RabbitMQ. */
function wordsOf(key: string): readonly string[] {
  return key === '' ? [] : key.split('.');
}

function hasPattern(words: readonly string[], pattern: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') {
    return [...words.keys(), words.length].some((skip) => hasPattern(words.slice(skip), rest));
  }
  if (words.length === 0 || (first !== '*' && first !== words[0])) return false;
  return hasPattern(words.slice(1), rest);
}

/** Nodes are numbers from 0; `edges[n]` are those that node n leads to. */
export type Graph = readonly (readonly number[])[];

/**
 * The strongly connected components of two nodes or more, by Tarjan's algorithm (Depth-first search and
 * linear graph algorithms, 1972) with a stack of its own instead of recursion, because a chain of
 * transactions may be as long as the window.
 */
export function strongComponents(edges: Graph): readonly (readonly number[])[] {
  const walk = new Walk(edges);
  for (let node = 0; node < edges.length; node += 1) walk.from(node);
  return walk.components;
}

class Walk {
  readonly components: number[][] = [];
  readonly #edges: Graph;
  /** Order of discovery from 1, 0 for a node that was not visited; and the lowest that it can reach. */
  readonly #order: Uint32Array;
  readonly #low: Uint32Array;
  readonly #isOpen: Uint8Array;
  readonly #open: number[] = [];
  readonly #path: number[] = [];
  /** How many edges of each node were followed. */
  readonly #followed: Uint32Array;
  #visited = 0;

  constructor(edges: Graph) {
    this.#edges = edges;
    this.#order = new Uint32Array(edges.length);
    this.#low = new Uint32Array(edges.length);
    this.#isOpen = new Uint8Array(edges.length);
    this.#followed = new Uint32Array(edges.length);
  }

  from(root: number): void {
    if (this.#order[root] !== 0) return;
    this.#enter(root);
    for (let node = this.#path.at(-1); node !== undefined; node = this.#path.at(-1)) {
      const followed = this.#followed[node] ?? 0;
      const next = this.#edges[node]?.[followed];
      if (next === undefined) {
        this.#leave(node);
        continue;
      }
      this.#followed[node] = followed + 1;
      if (this.#order[next] === 0) this.#enter(next);
      else if (this.#isOpen[next] === 1) this.#lower(node, this.#order[next] ?? 0);
    }
  }

  #enter(node: number): void {
    this.#visited += 1;
    this.#order[node] = this.#visited;
    this.#low[node] = this.#visited;
    this.#isOpen[node] = 1;
    this.#open.push(node);
    this.#path.push(node);
  }

  #leave(node: number): void {
    this.#path.pop();
    const parent = this.#path.at(-1);
    if (parent !== undefined) this.#lower(parent, this.#low[node] ?? 0);
    if (this.#low[node] !== this.#order[node]) return;
    const members = this.#open.splice(this.#open.lastIndexOf(node));
    for (const member of members) this.#isOpen[member] = 0;
    if (members.length > 1) this.components.push(members);
  }

  #lower(node: number, to: number): void {
    if (to < (this.#low[node] ?? 0)) this.#low[node] = to;
  }
}

/** The variables of one function of a compiled template: the template itself, a block, a macro, a recursive loop. */
export class Unit {
  readonly outer: Unit | undefined;
  readonly depth: number;
  /** How many slots a call of the function needs. */
  size = 0;

  constructor(outer?: Unit) {
    this.outer = outer;
    this.depth = outer === undefined ? 0 : outer.depth + 1;
  }
}

/** Where a variable lives at run time. */
export interface Slot {
  readonly unit: Unit;
  readonly index: number;
}

/** What a variable holds when its scope is entered. */
export type Load =
  | { readonly from: 'context'; readonly name: string }
  | { readonly from: 'slot'; readonly slot: Slot }
  | { readonly from: 'nothing' }
  | { readonly from: 'parameter' };

/**
 * The names of one scope of a template, resolved while compiling as Jinja2 resolves them: a scope that assigns a
 * name has its own variable, which starts with the value of the scope outside.
 */
export class Scope {
  readonly unit: Unit;
  readonly parent: Scope | undefined;
  readonly slots = new Map<string, Slot>();
  readonly loads = new Map<Slot, Load>();
  readonly stores = new Set<string>();
  /** Slots by name, shared by the branches of a scope so that they mean the same variables. */
  private readonly known: Map<string, Slot>;

  constructor(unit: Unit, parent?: Scope, known = new Map<string, Slot>()) {
    this.unit = unit;
    this.parent = parent;
    this.known = known;
  }

  /** A scope within this one; in a unit of its own where one is given. */
  inner(unit: Unit = this.unit): Scope {
    return new Scope(unit, this);
  }

  find(name: string): Slot | undefined {
    return this.slots.get(name) ?? this.parent?.find(name);
  }

  findLoad(slot: Slot): Load | undefined {
    return this.loads.get(slot) ?? this.parent?.findLoad(slot);
  }

  private define(name: string, load: Load): Slot {
    let slot = this.known.get(name);
    if (slot === undefined) {
      slot = { unit: this.unit, index: this.unit.size };
      this.unit.size += 1;
      this.known.set(name, slot);
    }
    this.slots.set(name, slot);
    this.loads.set(slot, load);
    return slot;
  }

  declareParameter(name: string): Slot {
    this.stores.add(name);
    return this.define(name, { from: 'parameter' });
  }

  /** Notes that the scope assigns a name. */
  store(name: string): void {
    this.stores.add(name);
    if (this.slots.has(name)) return;
    const outer = this.parent?.find(name);
    this.define(name, outer === undefined ? { from: 'nothing' } : { from: 'slot', slot: outer });
  }

  /** Notes that the scope reads a name. */
  load(name: string): void {
    if (this.find(name) === undefined) this.define(name, { from: 'context', name });
  }

  branch(): Scope {
    const copy = new Scope(this.unit, this.parent, this.known);
    for (const [name, slot] of this.slots) copy.slots.set(name, slot);
    for (const [slot, load] of this.loads) copy.loads.set(slot, load);
    for (const name of this.stores) copy.stores.add(name);
    return copy;
  }

  /** Takes up what branches do: what only they assign starts with the value from outside. */
  mergeBranches(branches: readonly Scope[]): void {
    const assigned = new Set(branches.flatMap((branch) => [...branch.stores]).filter((name) => !this.stores.has(name)));
    for (const branch of branches) {
      for (const [name, slot] of branch.slots) this.slots.set(name, slot);
      for (const [slot, load] of branch.loads) this.loads.set(slot, load);
      for (const name of branch.stores) this.stores.add(name);
    }
    for (const name of assigned) {
      const slot = this.find(name);
      const outer = this.parent?.find(name);
      if (slot === undefined) continue;
      this.loads.set(slot, outer === undefined ? { from: 'context', name } : { from: 'slot', slot: outer });
    }
  }

  /** The variables that this scope and those around it assign, by name; what an include sees beside the context. */
  visibleStores(): Map<string, Slot> {
    const visible = new Map<string, Slot>();
    for (const name of this.allStores()) {
      const slot = this.find(name);
      if (slot !== undefined) visible.set(name, slot);
    }
    return visible;
  }

  private allStores(): Set<string> {
    return new Set([...this.stores, ...(this.parent?.allStores() ?? [])]);
  }
}

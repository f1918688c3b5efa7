import { pyDict } from "./dict.js";
import type { PySet, PyValue } from "./value.js";

export function pySet(members: Iterable<PyValue> = [], frozen = false): PySet {
  const set = new Members(frozen);
  for (const member of members) set.add(member);
  return set;
}

class Members implements PySet {
  readonly kind = "set";
  readonly frozen: boolean;
  readonly #members = pyDict();

  constructor(frozen: boolean) {
    this.frozen = frozen;
  }

  get size(): number {
    return this.#members.size;
  }

  has(member: PyValue): boolean {
    return this.#members.has(member);
  }

  add(member: PyValue): void {
    if (!this.#members.has(member)) this.#members.set(member, null);
  }

  delete(member: PyValue): boolean {
    return this.#members.delete(member);
  }

  clear(): void {
    this.#members.clear();
  }

  [Symbol.iterator](): Iterator<PyValue> {
    return this.#members.keys()[Symbol.iterator]();
  }
}

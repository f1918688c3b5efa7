import { type HashKey, hashKey } from "./hash.js";
import type { MappingTraits, PyDict, PyValue } from "./value.js";

/** A dict of entries, a later one of equal key in place of the earlier. */
export function pyDict(entries: Iterable<readonly [PyValue, PyValue]> = [], traits?: MappingTraits): PyDict {
  const dict = new Dict(traits);
  for (const [key, value] of entries) dict.set(key, value);
  return dict;
}

class Dict implements PyDict {
  readonly kind = "dict";
  readonly traits: MappingTraits | undefined;
  readonly #items = new Map<HashKey, PyValue>();
  /** Keys whose hash key is not the key itself. */
  #spellings: Map<HashKey, PyValue> | undefined;

  constructor(traits: MappingTraits | undefined) {
    this.traits = traits;
  }

  get size(): number {
    return this.#items.size;
  }

  has(key: PyValue): boolean {
    return this.#items.has(this.#hash(key));
  }

  get(key: PyValue): PyValue | undefined {
    return this.#items.get(this.#hash(key));
  }

  set(key: PyValue, value: PyValue): void {
    const hash = this.#hash(key);
    if (hash !== key && !this.#items.has(hash)) {
      this.#spellings ??= new Map();
      this.#spellings.set(hash, key);
    }
    this.#items.set(hash, value);
  }

  delete(key: PyValue): boolean {
    const hash = this.#hash(key);
    this.#spellings?.delete(hash);
    return this.#items.delete(hash);
  }

  clear(): void {
    this.#items.clear();
    this.#spellings = undefined;
  }

  *keys(): Generator<PyValue, void> {
    for (const hash of this.#items.keys()) yield this.#spelling(hash);
  }

  values(): Iterable<PyValue> & Iterator<PyValue> {
    return this.#items.values();
  }

  *entries(): Generator<[PyValue, PyValue], void> {
    for (const [hash, value] of this.#items) yield [this.#spelling(hash), value];
  }

  [Symbol.iterator](): Generator<[PyValue, PyValue], void> {
    return this.entries();
  }

  #hash(key: PyValue): HashKey {
    return hashKey(this.traits?.ignoresCase === true && typeof key === "string" ? key.toLowerCase() : key);
  }

  #spelling(hash: HashKey): PyValue {
    const spelling = this.#spellings?.get(hash);
    return spelling === undefined ? hash : spelling;
  }
}

/** A JSON text taken apart, with each value as it is written: no number passes through another type on its way. */

/** A value of a JSON text. Of members with the same name the last one counts. */
export type JsonNode =
  | { readonly kind: "array"; readonly raw: string; readonly items: readonly JsonNode[] }
  | {
      readonly kind: "object";
      readonly raw: string;
      readonly members: ReadonlyMap<string, JsonNode>;
    }
  | { readonly kind: "string"; readonly raw: string; readonly text: string }
  | { readonly kind: "null" | "literal"; readonly raw: string };

/** The value that a JSON text holds; the text is known to be valid. */
export function parseJson(json: string): JsonNode {
  return new JsonReader(json).value();
}

class JsonReader {
  readonly #json: string;
  #at = 0;

  constructor(json: string) {
    this.#json = json;
  }

  value(): JsonNode {
    this.#space();
    const start = this.#at;
    const first = this.#json[start];
    if (first === "[") {
      const items = this.#list("]", () => this.value());
      return { kind: "array", raw: this.#json.slice(start, this.#at), items };
    }
    if (first === "{") {
      const members = new Map(this.#list("}", () => this.#member()));
      return { kind: "object", raw: this.#json.slice(start, this.#at), members };
    }
    if (first === '"') return this.#string();
    while (this.#at < this.#json.length && !/[\s,\]}]/.test(this.#json[this.#at] ?? ""))
      this.#at += 1;
    const raw = this.#json.slice(start, this.#at);
    return { kind: raw === "null" ? "null" : "literal", raw };
  }

  #member(): readonly [string, JsonNode] {
    this.#space();
    const { text } = this.#string();
    this.#space();
    this.#at += 1;
    return [text, this.value()];
  }

  #string(): JsonNode & { kind: "string" } {
    const start = this.#at;
    this.#at += 1;
    while (this.#at < this.#json.length && this.#json[this.#at] !== '"')
      this.#at += this.#json[this.#at] === "\\" ? 2 : 1;
    this.#at += 1;
    const raw = this.#json.slice(start, this.#at);
    return { kind: "string", raw, text: String(JSON.parse(raw)) };
  }

  /** What stands between brackets, separated by commas. */
  #list<T>(end: string, read: () => T): T[] {
    const found: T[] = [];
    this.#at += 1;
    for (this.#space(); this.#json[this.#at] !== end; this.#space()) {
      if (this.#at >= this.#json.length) throw new RangeError("is no whole JSON");
      if (this.#json[this.#at] === ",") this.#at += 1;
      else found.push(read());
    }
    this.#at += 1;
    return found;
  }

  #space(): void {
    while (/\s/.test(this.#json[this.#at] ?? "")) this.#at += 1;
  }
}

/**
 * What records with two look-ups come to, one at a time: authors by their e-mail, which has no case, and shops by town and
 * number. A model in memory: it knows the rules of look-ups, and no SQL but what sets the tables up.
 */

/** `--lookup-missing`. */
export type Missing = "reject" | "null" | "insert";

/** A record; what is `undefined` is absent from a JSON record, and empty in CSV. */
export interface BookRecord {
  readonly k: number | null;
  readonly n: number | null;
  readonly email: string | null | undefined;
  readonly town: string | null | undefined;
  readonly no: number | null | undefined;
}

/** What is in the tables afterwards, every value as text, and what is told of the load. */
export interface Expected {
  readonly counts: Readonly<Record<string, number>>;
  readonly rejects: readonly (readonly [number, string])[];
  readonly books: (string | null)[][];
  readonly authors: string[][];
  readonly shops: string[][];
}

interface Author {
  readonly email: string;
}

interface Shop {
  readonly town: string;
  readonly no: number;
}

interface Book {
  n: number | null;
  author: Author | null;
  shop: Shop | null;
}

/** The value of a look-up; `absent`: the record says nothing of it. */
type Found<T> = { readonly value: T | null } | "absent" | { readonly code: string };

/** Says whether a CSV record has no value at all: it is counted, and not written. */
function isBlank({ k, n, email, town, no }: BookRecord): boolean {
  return [k, n, email ?? "", town ?? "", no ?? ""].every((each) => each === null || each === "");
}

/** The tables, and how records are applied to them. */
export class LookupModel {
  readonly #missing: Missing;
  readonly #isCsv: boolean;
  #authors: Author[] = [{ email: "a" }, { email: "b" }];
  #shops: Shop[] = [
    { town: "x", no: 1 },
    { town: "x", no: 2 },
  ];
  readonly #books = new Map<number, Book>();
  readonly #counts = new Map<string, number>();
  readonly #rejects: [number, string][] = [];

  constructor(missing: Missing, isCsv: boolean) {
    this.#missing = missing;
    this.#isCsv = isCsv;
  }

  /** What is there before. */
  get setup(): readonly string[] {
    return [
      ...this.#authors.map(({ email }) => `insert into authors (email) values ('${email}')`),
      ...this.#shops.map(
        ({ town, no }) => `insert into shops (town, no) values ('${town}', ${no})`,
      ),
    ];
  }

  /** Applies the records. */
  apply(records: readonly BookRecord[]): Expected {
    for (const [at, each] of records.entries()) {
      if (this.#isCsv && isBlank(each)) {
        this.#count("blank", 1);
        continue;
      }
      const before = { authors: [...this.#authors], shops: [...this.#shops] };
      const code = this.#applyOne(each);
      if (code === null) {
        const made = this.#authors.length + this.#shops.length;
        this.#count("created", made - before.authors.length - before.shops.length);
        continue;
      }
      // What was made for it goes with it.
      this.#authors = before.authors;
      this.#shops = before.shops;
      this.#rejects.push([at + 1, code]);
      this.#count("rejected", 1);
    }
    const books = [...this.#books].toSorted(([a], [b]) => a - b);
    return {
      counts: Object.fromEntries(this.#counts),
      rejects: this.#rejects,
      books: books.map(([k, { n, author, shop }]) =>
        [k, n, author?.email, shop?.town, shop?.no].map((each) =>
          each === null || each === undefined ? null : String(each),
        ),
      ),
      authors: this.#authors.map(({ email }) => [email]),
      shops: this.#shops.map(({ town, no }) => [town, String(no)]),
    };
  }

  #count(name: string, by: number): void {
    if (by > 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  /** The code of the reject; `null`: it is written. */
  #applyOne(record: BookRecord): string | null {
    const { k, n } = record;
    if (k === null) return "ROW_NULL_KEY";
    // Both are looked up before either makes a row.
    const [mail, place] = [this.#author(record, false), this.#shop(record, false)];
    for (const found of [mail, place])
      if (typeof found === "object" && "code" in found) return found.code;
    if (n !== null && n >= 4) return "ROW_CHECK";
    const [author, shop] = [this.#author(record, true), this.#shop(record, true)];
    const old = this.#books.get(k);
    const next: Book = {
      n,
      author:
        typeof author === "object" && "value" in author ? author.value : (old?.author ?? null),
      shop: typeof shop === "object" && "value" in shop ? shop.value : (old?.shop ?? null),
    };
    this.#books.set(k, next);
    const same =
      old !== undefined && old.n === next.n && old.author === next.author && old.shop === next.shop;
    this.#count(old === undefined ? "inserted" : same ? "unchanged" : "updated", 1);
    return null;
  }

  #author({ email }: BookRecord, makes: boolean): Found<Author> {
    if (email === undefined && !this.#isCsv) return "absent";
    if (email === undefined || email === null || email === "") return { value: null };
    const found = this.#authors.find((each) => each.email.toLowerCase() === email.toLowerCase());
    if (found !== undefined) return { value: found };
    if (this.#missing === "reject") return { code: "ROW_LOOKUP" };
    if (this.#missing === "null" || !makes) return { value: null };
    const made = { email };
    this.#authors.push(made);
    return { value: made };
  }

  #shop({ town, no }: BookRecord, makes: boolean): Found<Shop> {
    if (town === undefined && no === undefined && !this.#isCsv) return "absent";
    const [hasTown, hasNo] = [typeof town === "string", typeof no === "number"];
    if (!hasTown && !hasNo) return { value: null };
    if (typeof town !== "string" || typeof no !== "number") return { code: "ROW_LOOKUP_PARTIAL" };
    const found = this.#shops.find((each) => each.town === town && each.no === no);
    if (found !== undefined) return { value: found };
    if (this.#missing === "reject") return { code: "ROW_LOOKUP" };
    if (this.#missing === "null" || !makes) return { value: null };
    const made = { town, no };
    this.#shops.push(made);
    return { value: made };
  }
}

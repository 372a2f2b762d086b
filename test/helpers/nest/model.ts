/**
 * What nested records come to, one at a time: first the rows that a row refers to, then the row itself, then its children. A
 * model in memory, written from the rules and not from the loader; it knows no SQL.
 */
import { columnsTaken, isDeleting, isGraph } from "./levels.ts";
import type { Fate, Graph, Json, Level, Nest, Row, Through, Value } from "./levels.ts";
import type { Engine } from "../engines.ts";
import { ModelTable } from "./model-table.ts";
import type { NestTable } from "./schema.ts";
import { isInexact, Refused, stored, textOf } from "./stored.ts";

/** Counts by level, those that are not zero: the root by its table, others by their member, what is behind a link by its table. */
export type CountsByLevel = Readonly<Record<string, Readonly<Partial<Record<Fate, number>>>>>;

/** What came of a load. */
export interface ModelOutcome {
  readonly counts: CountsByLevel;
  /** Number of each rejected record, from 1, and why. */
  readonly rejects: readonly (readonly [record: number, code: string])[];
}

/** What became of one row, and the row as it stands now; `null`: there is none. */
interface Written {
  readonly fate: Fate;
  readonly row: Row | null;
  /** Of an element that deletes: the row of its key, where the condition kept it. Its record has mentioned it. */
  readonly kept?: Row | null;
  /** Of an ignored row: its record had nothing to update, and nobody said that it is left alone. */
  readonly isAsGiven?: boolean;
  /** It is there under another key than its record has: nothing can refer to it. */
  readonly isLost?: boolean;
}

type Tally = Record<string, Partial<Record<Fate, number>>>;

/** The tables, which stay from load to load. */
export class NestModel {
  readonly tables: ReadonlyMap<string, ModelTable>;
  readonly #engine: Engine["name"];
  #tally: Tally = {};

  constructor(shapes: readonly NestTable[], engine: Engine["name"] = "postgres") {
    this.#engine = engine;
    const tables = new Map<string, ModelTable>();
    for (const shape of shapes) tables.set(shape.name, new ModelTable(shape, tables));
    this.tables = tables;
  }

  /** Applies the records of one load. */
  load(root: Level, records: readonly Graph[]): ModelOutcome {
    const total: Tally = {};
    const rejects: (readonly [number, string])[] = [];
    for (const [at, record] of records.entries()) {
      const code = this.#record(root, record);
      if (code !== null) rejects.push([at + 1, code]);
      for (const [level, counts] of Object.entries(this.#tally)) {
        const sum = (total[level] ??= {});
        for (const [fate, count] of Object.entries(counts) as [Fate, number][])
          sum[fate] = (sum[fate] ?? 0) + count;
      }
    }
    return { counts: total, rejects };
  }

  /** The code of the reject; `null`: it is applied. */
  #record(root: Level, record: Graph): string | null {
    this.#tally = {};
    const before = [...this.tables.values()].map((table) => table.rows.map((row) => ({ ...row })));
    try {
      this.#mapped(root, record);
      this.#row(root, record, {});
      return null;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      for (const [at, table] of [...this.tables.values()].entries()) table.rows = before[at] ?? [];
      this.#tally = {};
      this.#count(root.table, "rejected");
      for (const nest of root.nests) this.#below(nest, record[nest.member], "dropped");
      return error.code;
    }
  }

  /** What is wrong with a record whatever the tables hold: it comes before anything is written. */
  #mapped(level: Level, record: Graph): void {
    const values = this.#texts(level, record);
    const taken = columnsTaken(level);
    const own = level.key.filter((column) => !taken.has(column));
    if (level.mode !== "insert" && own.some((column) => (values[column] ?? null) === null))
      throw new Refused("ROW_NULL_KEY");
    if (isDeleting(level, record)) return;
    for (const nest of level.nests) {
      const member = record[nest.member] ?? null;
      if (member === null) continue;
      if (Array.isArray(member) !== (nest.relation === "array")) throw new Refused("ROW_NEST");
      for (const element of elementsOf(member)) this.#mappedElement(nest, element);
    }
  }

  #mappedElement(nest: Nest, element: Json): void {
    const { through } = nest;
    if (through !== undefined) this.#mapped(levelBehind(through), behind(through, element));
    else if (isGraph(element)) this.#mapped(nest, element);
    else throw new Refused("ROW_NEST");
  }

  #row(level: Level, record: Graph, given: Row): Written {
    const values: Row = { ...this.#scalars(level, record), ...given };
    if (isDeleting(level, record)) {
      const { fate, kept } = this.#delete(level, values);
      this.#count(nameOf(level), fate);
      return { fate, row: null, kept };
    }
    for (const nest of level.nests) {
      if (nest.relation === "object")
        Object.assign(values, this.#referred(nest, record[nest.member]));
    }
    const written = this.#write(level, values);
    this.#count(nameOf(level), written.fate);
    for (const nest of level.nests) {
      if (nest.relation === "array") this.#children(nest, record[nest.member], written);
    }
    return written;
  }

  /** Writes an object first; the columns that refer to it. */
  #referred(nest: Nest, member: Json | undefined): Row {
    if (member === undefined) return {};
    const link = Object.entries(nest.link);
    if (member === null) return Object.fromEntries(link.map(([column]) => [column, null]));
    if (!isGraph(member)) throw new Refused("ROW_NEST");
    const { row, isLost } = this.#row(nest, member, {});
    if (row === null) throw new Refused("ROW_LOOKUP");
    if (isLost === true) throw new Refused("ROW_NEST_KEY");
    return Object.fromEntries(link.map(([column, of]) => [column, row[of] ?? null]));
  }

  #children(nest: Nest, member: Json | undefined, parent: Written): void {
    if (member === undefined || member === null) return;
    if (!Array.isArray(member)) throw new Refused("ROW_NEST");
    const isWritten = parent.fate === "inserted" || parent.fate === "updated";
    if (parent.row === null || (nest.when === "written" && !isWritten)) {
      this.#below(nest, member, "skipped");
      return;
    }
    const isAsked = member.length > 0 || (nest.missing ?? "keep") !== "keep";
    if (isAsked && parent.isLost === true) throw new Refused("ROW_NEST_KEY");
    const link = linkOf(nest, parent.row);
    const mentioned = (member as readonly Json[]).map((each, at) =>
      this.#child(nest, each, at, link),
    );
    if (isWritten || parent.fate === "unchanged" || parent.isAsGiven === true)
      this.#missing(nest, link, mentioned);
  }

  #child(nest: Nest, element: Json, at: number, link: Row): Row | null {
    const { position, through } = nest;
    const index = position === undefined ? {} : { [position.column]: String(at + position.from) };
    if (through === undefined) {
      if (!isGraph(element)) throw new Refused("ROW_NEST");
      const { row, kept = null } = this.#row(nest, element, { ...link, ...index });
      return row ?? kept;
    }
    const { row } = this.#row(levelBehind(through), behind(through, element), {});
    if (row === null) throw new Refused("ROW_LOOKUP");
    return this.#row(nest, {}, { ...link, ...index, ...columnsFrom(through.link, row) }).row;
  }

  /** What becomes of the children that a record does not mention. */
  #missing(
    { member, table: name, missing = "keep", link: columns }: Nest,
    link: Row,
    mentioned: readonly (Row | null)[],
  ): void {
    if (missing === "keep") return;
    const table = this.#table(name);
    const own = table.rows.filter((row) =>
      Object.entries(link).every(([column, value]) =>
        table.same(column, row[column] ?? null, value),
      ),
    );
    const going = own.filter((each) => !mentioned.includes(each));
    for (const row of going) {
      if (missing === "delete") table.remove(row, going);
      else if (missing === "unlink") table.update(row, nulls(Object.keys(columns)));
      else if (row[missing.column] === missing.value) continue;
      else table.update(row, { [missing.column]: missing.value });
      this.#count(member, "removed");
    }
  }

  /** One statement for one row. */
  #write({ table: name, key, mode, where }: Level, values: Row): Written {
    const table = this.#table(name);
    if (mode === "insert") return { fate: "inserted", row: table.insert(values) };
    if (key.some((column) => (values[column] ?? null) === null)) throw new Refused("ROW_NULL_KEY");
    const target = table.find(key, values);
    if (mode === "find") {
      if (target === null) throw new Refused("ROW_LOOKUP");
      return { fate: "ignored", row: target };
    }
    if (mode !== "update") table.proposed(values);
    if (target === null) {
      if (mode === "update") return { fate: "skipped", row: null };
      const row = table.insert(values);
      return { fate: "inserted", row, isLost: table.find(key, values) === null };
    }
    const changes = Object.entries(values).filter(([column]) => !key.includes(column));
    if (mode === "ignore") return { fate: "ignored", row: target };
    if (changes.length === 0)
      return { fate: "ignored", row: target, isAsGiven: where === undefined };
    if (where !== undefined && !where.holds(target, values))
      return { fate: "skipped", row: target };
    const isOther = table.update(target, Object.fromEntries(changes));
    return { fate: isOther ? "updated" : "unchanged", row: target };
  }

  /** Deletes the row of a key. */
  #delete(
    { table: name, key, where }: Level,
    values: Row,
  ): { readonly fate: Fate; readonly kept: Row | null } {
    const table = this.#table(name);
    const target = table.find(key, values);
    if (target === null || where?.holds(target, values) === false)
      return { fate: "skipped", kept: target };
    table.remove(target);
    return { fate: "deleted", kept: null };
  }

  /** The members of a record that are columns, as its table holds them. */
  #scalars(level: Level, record: Graph): Row {
    const table = this.#table(level.table);
    const texts = Object.entries(this.#texts(level, record));
    const isUnknown = ([name, text]: readonly [string, Value]): boolean =>
      isInexact(table.column(name).type, text, this.#engine);
    if (level.mode === "find" && texts.some(isUnknown)) throw new Refused("ROW_LOOKUP");
    return Object.fromEntries(
      texts.map(([name, text]) => [name, stored(table.column(name).type, text, this.#engine)]),
    );
  }

  /** Their texts; of a record that deletes, or is looked up, of those that are read. */
  #texts(level: Level, record: Graph): Row {
    const { table: name, nests, key, where, mode } = level;
    const members = new Set(["op", ...nests.map(({ member }) => member)]);
    const isRead = (column: string): boolean =>
      (!isDeleting(level, record) && mode !== "find") ||
      key.includes(column) ||
      where?.sql.includes(`.${column} `) === true;
    const columns = Object.entries(record).filter(
      ([member]) => !members.has(member) && isRead(member),
    );
    const table = this.#table(name);
    return Object.fromEntries(
      columns.map(([column, value]) => [column, textOf(table.column(column).type, value)]),
    );
  }

  /** Counts the rows of a member, and all below them. */
  #below(nest: Nest, member: Json | undefined, fate: Fate): void {
    for (const element of elementsOf(member)) {
      if (nest.through !== undefined) this.#count(nest.through.table, fate);
      if (isGraph(element) || nest.through !== undefined) this.#count(nest.member, fate);
      if (!isGraph(element) || isDeleting(nest, element)) continue;
      for (const each of nest.nests) this.#below(each, element[each.member], fate);
    }
  }

  #count(level: string, fate: Fate): void {
    const counts = (this.#tally[level] ??= {});
    counts[fate] = (counts[fate] ?? 0) + 1;
  }

  #table(name: string): ModelTable {
    const table = this.tables.get(name);
    if (table === undefined) throw new Error(`no table ${name}`);
    return table;
  }
}

/** What a level is called in the counts. */
function nameOf(level: Level): string {
  return "member" in level ? String(level.member) : level.table;
}

/** The rows of a member, whether it holds one or many. */
function elementsOf(member: Json | undefined): readonly Json[] {
  if (member === undefined || member === null) return [];
  return Array.isArray(member) ? (member as readonly Json[]) : [member];
}

/** The table behind a link table, as a level. */
function levelBehind(through: Through): Level {
  return { ...through, key: [through.column], nests: [] };
}

/** An element of a link table as a row of the table behind it. */
function behind({ column }: Through, element: Json): Graph {
  return isGraph(element) ? element : { [column]: element };
}

function linkOf({ link }: Nest, parent: Row): Row {
  return columnsFrom(link, parent);
}

function columnsFrom(link: Readonly<Record<string, string>>, row: Row): Row {
  return Object.fromEntries(Object.entries(link).map(([column, of]) => [column, row[of] ?? null]));
}

function nulls(columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column): [string, Value] => [column, null]));
}

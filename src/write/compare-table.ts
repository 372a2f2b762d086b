/**
 * Compares a table with what it was before the loads of a rehearsal: keeps its rows before the first record, and tells after
 * the last which of them differ. What is told is bounded, however much differs.
 */
import type {
  ColumnDifference,
  ComparisonSql,
  DifferenceKind,
  Differences,
  DifferencesByTable,
  RowDifference,
} from "../model/differences.ts";
import type { TablePlan } from "../model/load-plan.ts";
import type { SqlValue } from "../model/sql/sql-value.ts";
import type { SqlAnswer } from "../targets/sql-executor.ts";
import type { Session } from "../targets/target.ts";

/** So many rows are asked for at once. */
const PAGE = 500;
/** And so many of their columns: a statement has three values of each. */
const COLUMNS = 200;
/** No more than so many characters are told, whatever was asked for. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

type FoundKind = Exclude<DifferenceKind, "extra">;
type AnswerRow = Readonly<Record<string, SqlValue>>;

/** One table, in the transaction of its loads. */
export class TableComparison {
  readonly #session: Pick<Session, "execute">;
  readonly #sql: ComparisonSql;
  readonly #key: readonly string[];
  readonly #hidden: readonly string[];
  readonly #most: number;

  private constructor(
    session: Pick<Session, "execute">,
    sql: ComparisonSql,
    { key, hidden, most }: NonNullable<TablePlan["comparison"]>,
  ) {
    this.#session = session;
    this.#sql = sql;
    this.#key = key;
    this.#hidden = hidden;
    this.#most = most ?? Number.MAX_SAFE_INTEGER;
  }

  /** That of the loads into one table; `null` where their plans ask for none. */
  static of(
    session: Pick<Session, "execute" | "comparisonSql">,
    plans: readonly TablePlan[],
  ): TableComparison | null {
    const [plan, ...others] = plans;
    if (plan?.comparison === undefined) return null;
    return new TableComparison(session, session.comparisonSql([plan, ...others]), plan.comparison);
  }

  /** Keeps the rows of the table; nobody else writes to it by now. */
  async begin(): Promise<void> {
    for (const sql of this.#sql.keep) await this.#run(sql);
  }

  /** What has become of them; `knowsKeys`: the key of every record was kept. */
  async find(knowsKeys: boolean): Promise<Differences> {
    for (const sql of this.#sql.find) await this.#run(sql);
    const total = { inserted: 0, updated: 0, removed: 0 };
    for (const { kind, n } of (await this.#run(this.#sql.count)).rows) {
      if (isFound(kind)) total[kind] = Number(n);
    }
    const all = total.inserted + total.updated + total.removed;
    const rows: RowDifference[] = [];
    let left = MOST_CHARACTERS;
    for (let from = 1; from <= Math.min(all, this.#most) && left > 0; from += PAGE) {
      for (const row of await this.#page(from, Math.min(all, this.#most, from + PAGE - 1))) {
        left -= charactersOf(row);
        if (left >= 0) rows.push(row);
      }
    }
    const extra = knowsKeys ? await this.#extra(Math.max(0, left)) : null;
    return {
      total: { ...total, extra: extra === null ? null : extra.count },
      rows: [...rows, ...(extra?.rows ?? [])],
      isCut:
        rows.length < Math.min(all, this.#most) ||
        (extra !== null && extra.rows.length < Math.min(extra.count, this.#most)),
    };
  }

  async #page(from: number, to: number): Promise<RowDifference[]> {
    const { columns } = this.#sql;
    const kinds: FoundKind[] = [];
    const found: Map<string, ToldColumn>[] = [];
    for (let at = 0; at < columns.length; at += COLUMNS) {
      const names = columns.slice(at, at + COLUMNS);
      const { rows } = await this.#run(this.#sql.values(from, to, names));
      for (const [place, row] of rows.entries()) {
        kinds[place] ??= isFound(row["kind"]) ? row["kind"] : "updated";
        found[place] ??= new Map();
        for (const [index, name] of names.entries()) found[place].set(name, told(row, index + 1));
      }
    }
    return found.map((values, place) => this.#difference(kinds[place] ?? "updated", values));
  }

  #difference(kind: FoundKind, values: ReadonlyMap<string, ToldColumn>): RowDifference {
    const key = this.#key.map((name): [string, string | null] => {
      const value = values.get(name);
      return [name, (kind === "inserted" ? value?.new : value?.old) ?? null];
    });
    const columns = [...values]
      .filter(([name, { differs }]) => (kind === "updated" ? differs : !this.#key.includes(name)))
      .map(([name, value]): [string, ColumnDifference] => [name, this.#shown(kind, name, value)]);
    return { kind, key: Object.fromEntries(key), columns: Object.fromEntries(columns) };
  }

  #shown(kind: FoundKind, name: string, value: ToldColumn): ColumnDifference {
    if (this.#hidden.includes(name)) return { hidden: true };
    return {
      ...(kind === "inserted" ? {} : { old: value.old }),
      ...(kind === "removed" ? {} : { new: value.new }),
    };
  }

  async #extra(
    characters: number,
  ): Promise<{ readonly count: number; readonly rows: readonly RowDifference[] } | null> {
    const { extra } = this.#sql;
    if (extra === null) return null;
    for (const sql of extra.find) await this.#run(sql);
    const count = Number((await this.#run(extra.count)).rows[0]?.["n"] ?? 0);
    const most = Math.min(count, this.#most, Math.floor(characters / this.#roomOfKey));
    const rows = most === 0 ? [] : (await this.#run(extra.first(most))).rows;
    return {
      count,
      rows: rows.map((row) => ({
        kind: "extra",
        key: Object.fromEntries(
          this.#key.map((name, at) => [name, textOf(row[`k${at + 1}`] ?? null)]),
        ),
        columns: {},
      })),
    };
  }

  /** A key is short, or no index would take it. */
  get #roomOfKey(): number {
    return 64 * this.#key.length;
  }

  async #run(sql: string): Promise<SqlAnswer> {
    return await this.#session.execute.run(sql);
  }
}

/** The tables of one load: that of its records, and those of the levels in them. */
export class LoadComparison {
  readonly #tables: ReadonlyMap<number, TableComparison>;

  /** `null` where the plans ask for none. */
  static of(
    session: Pick<Session, "execute" | "comparisonSql">,
    plans: readonly TablePlan[],
  ): LoadComparison | null {
    const tables = new Map<number, TableComparison>();
    for (const [at, plan] of plans.entries()) {
      const comparison = TableComparison.of(session, [plan]);
      if (comparison !== null) tables.set(at, comparison);
    }
    return tables.size === 0 ? null : new LoadComparison(tables);
  }

  private constructor(tables: ReadonlyMap<number, TableComparison>) {
    this.#tables = tables;
  }

  /** Keeps the rows of the tables; nobody else writes to them by now. */
  async begin(): Promise<void> {
    for (const table of this.#tables.values()) await table.begin();
  }

  /** What has become of them. */
  async find(knowsKeys: boolean): Promise<DifferencesByTable> {
    const found = new Map<number, Differences>();
    for (const [at, table] of this.#tables) found.set(at, await table.find(knowsKeys));
    return found;
  }
}

/** What is found of a column. */
interface ToldColumn {
  readonly old: string | null;
  readonly new: string | null;
  readonly differs: boolean;
}

function told(row: AnswerRow, place: number): ToldColumn {
  return {
    old: textOf(row[`o${place}`] ?? null),
    new: textOf(row[`n${place}`] ?? null),
    differs: Number(row[`c${place}`] ?? 0) === 1,
  };
}

function textOf(value: SqlValue): string | null {
  return value === null ? null : String(value);
}

function isFound(kind: SqlValue | undefined): kind is FoundKind {
  return kind === "inserted" || kind === "updated" || kind === "removed";
}

function charactersOf({ key, columns }: RowDifference): number {
  const texts = Object.values(columns).flatMap((each) => [each.old ?? "", each.new ?? ""]);
  const values = [...Object.values(key), ...texts];
  return values.reduce((sum, text) => sum + (text?.length ?? 0) + 16, 0);
}

/**
 * Several rows in one statement, where SQLite takes them one after the other and nothing could tell that from one
 * statement a row. A statement that fails leaves nothing behind: its rows are then to be applied one at a time.
 */
import type { OutcomeCounts } from "../../../model/counts.ts";
import type { SqliteConnection, Statement } from "../connect/connection.ts";
import { insertPage, insertRows, upsertRows, writes } from "../dialect.ts";
import type { RowSql } from "../dialect.ts";
import { childrenOf } from "../catalog/orphans.ts";
import { countingSql, programOf } from "./page-count.ts";
import type { Instruction } from "./page-count.ts";
import type { UpsertProbe } from "./probe.ts";
import { rowStatements } from "./row-statements.ts";
import type { GroupStatements } from "./row-statements.ts";
import type { BoundValue } from "../stage/values.ts";

/** More rows a statement gain nothing, and make it longer to prepare. */
const MOST_ROWS = 20;
/** Values of a statement. */
const MOST_VALUES = 1000;

/** Applies rows of one shape, `rows` of them at a time. */
export class RowGroup {
  readonly rows: number;
  readonly #db: SqliteConnection;
  readonly #row: RowSql;
  readonly #statement: Statement;
  /** The same for the rows of a page; prepared once there are pages. */
  #paged: Statement | null = null;
  /** The statement by which the rows of a page are counted; `null`: each that is met is told. */
  readonly #count: string | null;
  #counting: CountedPage | null = null;
  readonly #probe: UpsertProbe;
  readonly #leavesAlone: boolean;
  readonly #isInsert: boolean;
  /** The column that must be given as an integer; -1 where any value will do. */
  readonly integer: number;

  private constructor(
    db: SqliteConnection,
    probe: UpsertProbe,
    row: RowSql,
    { integer, count }: { readonly integer: number; readonly count: string | null },
  ) {
    const { method, leavesAlone } = rowStatements(row);
    this.rows = rowsOf(row);
    this.#db = db;
    this.#row = row;
    this.#statement = db.prepare(severalRows(row, insertRows(row, this.rows)));
    this.#probe = probe;
    this.#leavesAlone = leavesAlone;
    this.#isInsert = method === "insert";
    this.integer = integer;
    this.#count = count;
  }

  /** The group for rows that carry `row.columns`; `null` where they must go one at a time. */
  static of(db: SqliteConnection, probe: UpsertProbe, row: RowSql): RowGroup | null {
    if (!mayShare(db, row) || rowsOf(row) < 2) return null;
    const program = programOf(db, severalRows(row, insertRows(row, 2)), 2 * row.columns.length);
    const count = countingSql(row, program);
    if (undoesAll(program)) return new RowGroup(db, probe, row, { integer: -1, count });
    if (!failsAtConstraintsOnly(row)) return null;
    return new RowGroup(db, probe, row, { integer: rowidOf(row), count });
  }

  /** Its statements: for the rows of a page, and for two rows. */
  static example(db: SqliteConnection, probe: UpsertProbe, row: RowSql): GroupStatements | null {
    const group = RowGroup.of(db, probe, row);
    if (group === null) return null;
    const count = group.#count;
    const insert = severalRows(row, insertPage(row), false);
    return {
      counted: count === null ? null : { sql: count, insert },
      paged: severalRows(row, insertPage(row)),
      several: severalRows(row, insertRows(row, 2)),
    };
  }

  /** Whether the row whose values begin at `at` may go with others. */
  takes(values: readonly BoundValue[], at: number): boolean {
    if (this.integer < 0) return true;
    const value = values[at + this.integer];
    return value === null || Number.isInteger(value);
  }

  /** Applies the rows with these values. Throws the driver's error, with nothing left behind where a row caused it. */
  run(values: readonly BoundValue[]): OutcomeCounts {
    return this.#counted(this.rows, () => this.#statement.run(...values).changes);
  }

  /** The same for the rows of a page, so many from this number on. */
  runPage(first: number, rows: number): OutcomeCounts {
    const counts = this.countPage(first, rows);
    if (counts !== null) return counts;
    const statement = (this.#paged ??= this.#db.prepare(
      severalRows(this.#row, insertPage(this.#row)),
    ));
    return this.#counted(rows, () => statement.run(BigInt(first)).changes);
  }

  /** Applies the rows of a page where they can be counted at once; `null` where not: nothing is done then. */
  countPage(first: number, rows: number): OutcomeCounts | null {
    if (this.#count === null) return null;
    const { look, insert } = (this.#counting ??= this.#prepareCount(this.#count));
    const before = look.get()?.n ?? null;
    if (before === null) return null;
    const changes = insert.run(BigInt(first)).changes;
    const inserted = (look.get()?.n ?? 0) - before;
    return { inserted, updated: changes - inserted, unchanged: rows - changes };
  }

  #prepareCount(sql: string): CountedPage {
    const insert = severalRows(this.#row, insertPage(this.#row), false);
    return { look: this.#db.prepare(sql), insert: this.#db.prepare(insert) };
  }

  #counted(rows: number, run: () => number): OutcomeCounts {
    const probe = this.#probe;
    probe.written = 0;
    probe.skipped = 0;
    const changes = run();
    if (this.#isInsert) return { inserted: changes, suppressed: rows - changes };
    if (this.#leavesAlone) return { inserted: changes, ignored: rows - changes };
    const { written: updated, skipped } = probe;
    const unchanged = rows - changes - skipped;
    return { inserted: changes - updated, updated, skipped, unchanged };
  }
}

/** The statements for a page whose rows are counted at once. */
interface CountedPage {
  readonly look: Statement<{ readonly n: number | null }>;
  readonly insert: Statement;
}

function rowsOf({ columns }: RowSql): number {
  return Math.min(MOST_ROWS, Math.floor(MOST_VALUES / columns.length));
}

/** The statement that begins with this insert. */
function severalRows(row: RowSql, insert: string, asks = true): string {
  const { arbiter } = row.plan;
  return rowStatements(row).method === "insert" || arbiter === null
    ? insert
    : upsertRows(row, arbiter, { insert, asks });
}

/** Whether nothing tells one statement for several rows from one for each. */
function mayShare(db: SqliteConnection, row: RowSql): boolean {
  const { plan, table } = row;
  const { kind, triggers, name } = plan.table;
  const { method, leavesAlone } = rowStatements(row);
  if (kind !== "table" || triggers.length > 0 || table.resolves || row.readsStaged) return false;
  if (plan.isolation.rowByRow !== null || (method !== "insert" && method !== "upsert"))
    return false;
  // Foreign keys are counted up to the end of a statement, where one row could make good for another.
  const updates = method === "upsert" && !leavesAlone;
  const refers = plan.table.foreignKeys.length > 0;
  if (refers && (updates || plan.table.foreignKeys.some((key) => key.selfReferencing)))
    return false;
  if (!refers && !(updates && movesKeys(row))) return true;
  return childrenOf(db, name.name).length === 0;
}

/** Whether an update may change a key that other tables could refer to. */
function movesKeys(row: RowSql): boolean {
  const written = new Set(writes(row).map(({ column }) => column.name));
  return row.plan.table.uniqueKeys.some((key) =>
    key.columns.some((column) => column !== null && written.has(column)),
  );
}

/**
 * SQLite keeps what it needs to take a whole statement back only where a constraint may stop it. Its program tells:
 * OE_Abort (2) as the second operand of an instruction that halts with an error.
 */
function undoesAll(program: readonly Instruction[]): boolean {
  return program.some(({ opcode, p1, p2 }) => opcode.startsWith("Halt") && p1 !== 0 && p2 === 2);
}

/** Otherwise a statement must not fail in another way than at a constraint: no expression is run, no type is checked. */
function failsAtConstraintsOnly({ plan, table }: RowSql): boolean {
  return !table.computes && plan.update.sets.length === 0 && plan.update.where === null;
}

/** The rowid takes integers only, and refuses others as no constraint does. */
function rowidOf({ plan, columns }: RowSql): number {
  const rowid = plan.table.columns.find((column) => column.identity === "rowid");
  return rowid === undefined ? -1 : columns.indexOf(rowid.name);
}

/**
 * The temporary tables of a transaction, made when they are first needed: each costs the server several milliseconds, with its
 * TOAST table and the index of that, and again when the transaction ends. Most need few of them. Pure.
 */

const SAVEPOINT = /^(savepoint|rollback to savepoint) (\w+)$/;

/** What of them there is in the transaction at hand. */
export class MadeTables {
  #made = new Set<string>();
  /** What there was at each savepoint, by its name: more is gone with it. */
  readonly #marks = new Map<string, ReadonlySet<string>>();

  #scripted = false;

  /** A script of the load's own has run, which may have altered the table that is written to. */
  get scripted(): boolean {
    return this.#scripted;
  }

  /** A script of the load's own runs. */
  scriptRuns(): void {
    this.#scripted = true;
  }

  has(table: string): boolean {
    return this.#made.has(table);
  }

  /** The statements after which the table is there and empty; `ddl` makes it. */
  ready(table: string, ddl: () => readonly string[]): readonly string[] {
    if (this.#made.has(table)) return [`truncate ${table}`];
    this.#made.add(table);
    return ddl();
  }

  /** A statement that is sent, in the order of all of them: tables come and go with savepoints. */
  sends(sql: string): void {
    const [, what, name = ""] = SAVEPOINT.exec(sql) ?? [];
    if (what === undefined) return;
    if (what === "savepoint") this.#marks.set(name, new Set(this.#made));
    else this.#made = new Set(this.#marks.get(name) ?? this.#made);
  }
}

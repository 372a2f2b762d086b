/**
 * A shell for the tests of jobs: a folder, a database with one table, and commands run in it. The table's column `hist`
 * grows with every record that is applied to a key, so that a lost, doubled or reordered record shows.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../src/report/report.ts";
import type { Engine, TestDatabase } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";
import { tempDir } from "./temp-dir.ts";

/** What came of a command. */
export interface Ran {
  readonly exit: number;
  /** Of a load with `--json`. */
  readonly report: Report;
  readonly code: string | null;
  readonly cause: string;
  readonly fix: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** A table with a history, whose check refuses one value of n. */
export const HISTORY_TABLE =
  "create table t (id int not null primary key, n int, hist varchar(2000), check (n <> 77))";

/** `--set` of the history, in the engine's SQL. */
export function historyRule({ name }: Pick<Engine, "name">): string {
  const [plus, text] = name === "sqlserver" ? ["+", "varchar(20)"] : ["||", "varchar(20)"];
  return `hist = target.hist ${plus} ',' ${plus} cast(excluded.n as ${text})`;
}

/** A folder and a database. */
export class JobShell {
  readonly folder: string;
  readonly #database: TestDatabase;
  readonly #engine: Engine;
  /** Flags of every load. */
  flags: string[];

  constructor(engine: Engine, database: TestDatabase) {
    this.#engine = engine;
    this.#database = database;
    this.folder = tempDir();
    this.flags = ["--key", "id", "--set", historyRule(engine)];
  }

  /** An empty database with the table, and a shell in an empty folder. */
  static async open(
    engine: Engine,
    database: TestDatabase,
    table = HISTORY_TABLE,
  ): Promise<JobShell> {
    await database.reset();
    await database.exec(table);
    return new JobShell(engine, database);
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.folder, name), content);
  }

  /** The text of a file; `null` when there is none. */
  read(name: string): string | null {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, "utf8") : null;
  }

  move(from: string, to: string): void {
    renameSync(join(this.folder, from), join(this.folder, to));
  }

  remove(name: string): void {
    rmSync(join(this.folder, name));
  }

  /** `upsurge SOURCES --job j --commit 2 …`: small parts, so that there is something to go on after. */
  async load(command: string, more: readonly string[] = [], stdin?: string): Promise<Ran> {
    const defaults = command.includes("--commit") ? [] : ["--commit", "2"];
    return await this.bare([...words(command), ...defaults, ...this.flags, ...more], stdin);
  }

  /** A load without any flag that was not asked for but the target. */
  async bare(args: readonly string[], stdin: string | Uint8Array = ""): Promise<Ran> {
    const into = ["--to", this.#database.url, "--table", "t", "--json", "--progress", "none"];
    return await this.run([...args, ...into], stdin);
  }

  /** Any command. */
  async run(args: readonly string[], stdin: string | Uint8Array = ""): Promise<Ran> {
    const { exitCode, stdout, stderr } = await runUpsurge(args, { stdin, cwd: this.folder });
    const report = (stdout.startsWith("{") ? JSON.parse(stdout) : {}) as Report;
    const { code = null, cause = "", fix = "" } = report.error ?? {};
    return { exit: exitCode, report, code, cause, fix, stdout, stderr };
  }

  /** `upsurge jobs …`. */
  async jobs(...args: string[]): Promise<Ran> {
    return await this.run(["jobs", "--to", this.#database.url, ...args]);
  }

  /** `id:hist` of every row. */
  async table(): Promise<string[]> {
    const rows = await this.#database.rows("select id, hist from t order by id");
    return rows.map(([id, hist]) => `${id}:${hist}`);
  }

  /** Everything there is in the table and the checkpoint; with the version of each row where the engine tells it. */
  async image(): Promise<unknown> {
    const version = this.#engine.name === "postgres" ? ", xmin::text" : "";
    return [
      await this.#database.rows(`select id, n, hist${version} from t order by id`),
      await this.#database.rows(
        `select job_id, source, part, epoch, state, byte_off, updated_at${version} from upsurge_checkpoint order by job_id, source, part`,
      ),
    ];
  }
}

/** A command split at its spaces. */
export function words(command: string): string[] {
  return command.split(" ").filter((word) => word !== "");
}

/** Records `id,n,hist` of CSV, the history beginning with n; without a header. */
export function lines(...records: readonly (readonly [id: number, n: number])[]): string {
  return records.map(([id, n]) => `${id},${n},${n}\n`).join("");
}

/** The header of those records. */
export const HEADER = "id,n,hist\n";

/**
 * The checkpoint table of any target, in SQL that all of them have. What differs (how a parameter is written, types, the
 * clock) is a dialect, and how the table is laid out is `layout.ts`; when rows are written, and in which transaction, is
 * left to `cursor.ts` and `take-over.ts`.
 */
import type { Checkpoint, CheckpointKey, CheckpointValues } from "../model/checkpoint.ts";
import type { SqlValue } from "../model/sql/sql-value.ts";
import type { CheckedStatement, ExecutorDialect, SqlExecutor } from "../targets/sql-executor.ts";
import { LAYOUT, layoutOf } from "./layout.ts";
import { rowsDropped, updatesRewritten } from "./rows-dropped.ts";
import type { CheckpointFields, CheckpointLayout } from "./layout.ts";

/** The statement that makes the table. */
export function checkpointDdl(table: string, { types }: ExecutorDialect): string {
  const columns = Object.entries(LAYOUT.columns).map(([name, type]) => {
    const nullable = type.endsWith("?");
    const base = (nullable ? type.slice(0, -1) : type) as keyof ExecutorDialect["types"];
    return `  ${name} ${types[base]} ${nullable ? "null" : "not null"}`;
  });
  return `create table ${table} (\n${columns.join(",\n")},\n  primary key (job_id, source, part)\n)`;
}

/** Jobs that are asked of at once: databases take so many parameters. */
const MOST_ASKED = 500;

/** The checkpoint table over one session. */
export class CheckpointTable {
  readonly #table: string;
  readonly executor: SqlExecutor;
  /** `null`: not looked at yet. */
  #layout: CheckpointLayout | null = null;
  #rewritten: string | null = null;

  /** `table` as SQL writes it: checked when the option was read. */
  constructor(table: string, executor: SqlExecutor) {
    this.#table = table;
    this.executor = executor;
  }

  /** Whether there is one. */
  async exists(): Promise<boolean> {
    const found = await this.executor.tableOf(this.#table);
    this.#layout = found === null ? null : layoutOf(found.columns);
    this.#rewritten = found?.rewritten ?? null;
    return found !== null;
  }

  /** Throws `CHECKPOINT_TABLE` where something of the table is known to change what an update of its rows does. */
  refuseRewritten(): void {
    if (this.#rewritten !== null) throw updatesRewritten(this.#table, this.#rewritten);
  }

  /** `CHECKPOINT_TABLE`, of rows that are not written as they are told. */
  dropsRows(statement: Parameters<typeof rowsDropped>[1]): Error {
    return rowsDropped(this.#table, statement);
  }

  async #layoutOf(): Promise<CheckpointLayout> {
    if (this.#layout === null) await this.exists();
    return this.#layout ?? LAYOUT;
  }

  /** Makes it; another run may do so at the same time. */
  async create(): Promise<void> {
    try {
      await this.executor.run(checkpointDdl(this.#table, this.executor.dialect));
    } catch (error) {
      if (!(await this.exists())) throw error;
    }
  }

  /** The rows of a job, or of all jobs, in order. */
  async read(job: string | null): Promise<Checkpoint[]> {
    return await this.#select(job === null ? null : [job]);
  }

  async #select(jobs: readonly string[] | null): Promise<Checkpoint[]> {
    const { dialect } = this.executor;
    const layout = await this.#layoutOf();
    const columns = Object.entries(layout.columns).map(([name, type]) =>
      type === "time" ? `${dialect.timeText(name)} as ${name}` : name,
    );
    const names = jobs?.map((_, at) => dialect.parameter(at + 1)) ?? [];
    const where = jobs === null ? "" : ` where job_id in (${names.join(", ")})`;
    const sql = `select ${columns.join(", ")} from ${this.#table}${where} order by job_id, source, part`;
    const { rows } = await this.executor.run(sql, jobs ?? []);
    return rows.map((row) => ({ ...checkpointOf(row), counts: layout.read(row, this.#table) }));
  }

  /** The rows of these jobs, in order of the sources. */
  async readAll(jobs: readonly string[]): Promise<Checkpoint[]> {
    const rows: Checkpoint[] = [];
    for (let from = 0; from < jobs.length; from += MOST_ASKED) {
      rows.push(...(await this.#select(jobs.slice(from, from + MOST_ASKED))));
    }
    return rows;
  }

  /** Makes the job this run's own: waits for whoever holds its rows, and fences all earlier runs. Answers with the rows changed. */
  async takeOver(job: string, owner: string): Promise<number> {
    const { dialect } = this.executor;
    const [first, second] = [dialect.parameter(1), dialect.parameter(2)];
    const sql = `update ${this.#table} set epoch = epoch + 1, owner = ${first}, state = case when state = 'done' then 'done' else 'running' end, updated_at = ${dialect.now} where job_id = ${second}`;
    const values = [dialect.asciiOnly ? inAscii(owner) : owner, job];
    return (await this.executor.run(sql, values)).changed;
  }

  /** Locks a row in this transaction, as it was left; false when it is not so any more, or `conditions`, as SQL, do not all hold. */
  async lock(
    { job, source, partition, epoch, offset }: CheckpointValues,
    conditions: readonly string[] = [],
  ): Promise<boolean> {
    const { dialect } = this.executor;
    const sql = `update ${this.#table} set updated_at = ${dialect.now} where job_id = ${dialect.parameter(1)} and source = ${dialect.parameter(2)} and part = ${dialect.parameter(3)} and epoch = ${dialect.parameter(4)} and byte_off = ${dialect.parameter(5)}${all(conditions)}`;
    const { changed } = await this.executor.run(sql, [job, source, partition, epoch, offset.byte]);
    return changed === 1;
  }

  /** Puts `next` in the place of `last`; false when another run has changed the row since. */
  async advance(last: CheckpointValues, next: CheckpointValues): Promise<boolean> {
    const { sql, values } = await this.advancing(last, next);
    return (await this.executor.run(sql, values)).changed === 1;
  }

  /**
   * The statement that puts `next` in the place of `last`, where no other run has changed the row since and `conditions`, as
   * SQL, all hold.
   */
  async advancing(
    last: CheckpointValues,
    next: CheckpointValues,
    conditions: readonly string[] = [],
  ): Promise<CheckedStatement> {
    const { dialect } = this.executor;
    const [before, values] = [await this.#valuesOf(last), await this.#valuesOf(next)];
    const set = Object.keys(values).filter((name) => values[name] !== before[name]);
    const sets = set.map((name, at) => `${name} = ${dialect.parameter(at + 1)}, `);
    const at = (more: number): string => dialect.parameter(set.length + more);
    const sql = `update ${this.#table} set ${sets.join("")}updated_at = ${dialect.now} where job_id = ${at(1)} and source = ${at(2)} and part = ${at(3)} and epoch = ${at(4)} and byte_off = ${at(5)}${all(conditions)}`;
    const { job, source, partition, epoch, offset } = last;
    const place = [job, source, partition, epoch, offset.byte];
    return { sql, values: [...set.map((name) => values[name] ?? null), ...place] };
  }

  /** Adds a row. Throws `CHECKPOINT_TABLE` where it is not kept. */
  async insert(row: CheckpointValues): Promise<void> {
    const { dialect } = this.executor;
    const values = await this.#valuesOf(row);
    const names = Object.keys(values);
    const parameters = names.map((_, at) => dialect.parameter(at + 1));
    const sql = `insert into ${this.#table} (${names.join(", ")}, started_at, updated_at) values (${parameters.join(", ")}, ${dialect.now}, ${dialect.now})`;
    const { changed } = await this.executor.run(sql, Object.values(values));
    if (changed === 0) throw this.dropsRows("insert");
  }

  /** A row as the table's columns, without its times. */
  async #valuesOf(row: CheckpointValues): Promise<CheckpointFields> {
    const layout = await this.#layoutOf();
    return {
      ...valuesOf(row, this.executor.dialect),
      ...layout.keep(row.counts, this.#table),
    };
  }

  /** Removes one row. */
  async remove({ job, source, partition }: CheckpointKey): Promise<void> {
    const { dialect } = this.executor;
    const sql = `delete from ${this.#table} where job_id = ${dialect.parameter(1)} and source = ${dialect.parameter(2)} and part = ${dialect.parameter(3)}`;
    await this.executor.run(sql, [job, source, partition]);
  }

  /** Forgets a job; answers with the number of its rows. */
  async forget(job: string): Promise<number> {
    const sql = `delete from ${this.#table} where job_id = ${this.executor.dialect.parameter(1)}`;
    return (await this.executor.run(sql, [job])).changed;
  }

  /** Notes that the run has failed, unless another run has taken the job since. */
  async fail({ job, epoch }: Pick<CheckpointValues, "job" | "epoch">): Promise<void> {
    const { dialect } = this.executor;
    const [first, second] = [1, 2].map((at) => dialect.parameter(at));
    const sql = `update ${this.#table} set state = 'failed', updated_at = ${dialect.now} where job_id = ${first} and epoch = ${second} and state = 'running'`;
    await this.executor.run(sql, [job, epoch]);
  }

  /** Forgets a job that has finished, unless another run has taken it since. */
  async forgetDone({ job, epoch }: Pick<CheckpointValues, "job" | "epoch">): Promise<void> {
    const [first, second] = [1, 2].map((at) => this.executor.dialect.parameter(at));
    const sql = `delete from ${this.#table} where job_id = ${first} and epoch = ${second} and state = 'done'`;
    await this.executor.run(sql, [job, epoch]);
  }
}

/** Conditions behind others. */
function all(conditions: readonly string[]): string {
  return conditions.map((each) => ` and ${each}`).join("");
}

/** A row as the columns of every layout, without its times. */
function valuesOf(
  row: CheckpointValues,
  { asciiOnly }: Pick<ExecutorDialect, "asciiOnly">,
): Record<string, SqlValue> {
  const { offset, total, rejects } = row;
  const kept = (text: string): string => (asciiOnly ? inAscii(text) : text);
  return {
    job_id: row.job,
    source: row.source,
    part: row.partition,
    parts: row.partitions,
    name: kept(row.name),
    config_fp: row.madeAs === null ? row.config : `${row.config} ${row.madeAs}`,
    epoch: row.epoch,
    state: total === null ? "running" : "done",
    byte_off: offset.byte,
    rec_no: offset.record,
    line_no: offset.line,
    prefix_sha256: row.prefix,
    total_bytes: total?.bytes ?? null,
    total_sha256: total?.sha256 ?? null,
    rejects: rejects === null ? null : escaped(JSON.stringify(rejects)),
    owner: kept(row.owner),
  };
}

/** A text with other characters is kept as a string of JSON, which no path begins like. */
function inAscii(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : escaped(JSON.stringify(text));
}

/** JSON in ASCII. */
function escaped(json: string): string {
  return json.replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function outOfAscii(text: string): string {
  return /^".*"$/.test(text) ? (JSON.parse(text) as string) : text;
}

function checkpointOf(row: CheckpointFields): Omit<Checkpoint, "counts"> {
  const text = (name: string): string => String(row[name] ?? "");
  const number = (name: string): number => Number(row[name] ?? 0);
  const done = text("state") === "done";
  const rejects = row["rejects"] ?? null;
  const [config = "", madeAs = null] = text("config_fp").split(" ");
  return {
    job: text("job_id"),
    source: number("source"),
    partition: number("part"),
    partitions: number("parts"),
    name: outOfAscii(text("name")),
    config,
    madeAs,
    epoch: number("epoch"),
    offset: { byte: number("byte_off"), record: number("rec_no"), line: number("line_no") },
    prefix: text("prefix_sha256"),
    failed: text("state") === "failed",
    total: done ? { bytes: number("total_bytes"), sha256: text("total_sha256") } : null,
    rejects: rejects === null ? null : (JSON.parse(String(rejects)) as Checkpoint["rejects"]),
    owner: outOfAscii(text("owner")),
    startedAt: text("started_at"),
    updatedAt: text("updated_at"),
  };
}

/** Collects the texts that the SQL Server target sends: a whole load for each plan, and the questions to the catalog. */
import type { Batch, Row, RowShape } from "../../../src/model/batch.ts";
import type { TablePlan, RowSource } from "../../../src/model/load-plan.ts";
import { script } from "../../../src/targets/sqlserver/apply/guard.ts";
import { CheckpointTable } from "../../../src/checkpoint/checkpoint-table.ts";
import { lockJob } from "../../../src/targets/sqlserver/job-lock.ts";
import { SqlServerSession } from "../../../src/targets/sqlserver/session.ts";
import { emptyRow } from "../../../src/checkpoint/cursor.ts";
import { refuseOtherTable } from "../../../src/checkpoint/same-table.ts";
import { everyPlan } from "./plans.ts";
import { Recorder } from "./recorder.ts";

/** A text, the parameters it is sent with, and the first plan that led to it. */
export interface Text {
  readonly from: string;
  readonly sql: string;
  readonly parameters: readonly string[];
}

const CONTEXT = {
  label: "sqlserver://nowhere",
  lockTimeoutMs: 30_000,
  warnings: [],
  reconnect: () => Promise.reject(new Error("a recorder has one connection")),
};

/** A session over a recorder. */
export async function recordedSession(recorder: Recorder): Promise<SqlServerSession> {
  return SqlServerSession.open(recorder.connection, CONTEXT);
}

/** Every text, once. */
export async function everyText(): Promise<Text[]> {
  const recorder = new Recorder();
  const session = await recordedSession(recorder);
  await session.listTables();
  await session.readTableShape("dbo.t");
  for (const name of ["t", "other.dbo.t"]) await session.whyNoTable(name);
  const texts = new Map<string, Text>();
  const collect = (from: string, sent: Recorder["sent"]): void => {
    for (const { sql, parameters } of sent) {
      const names = parameters.map(({ name }) => name);
      if (!texts.has(sql)) texts.set(sql, { from, sql, parameters: names });
    }
  };
  collect("the session", recorder.sent);
  collect("a job", await sentByJob());
  for (const { name, plan } of everyPlan(session.capabilities)) collect(name, await sentBy(plan));
  return [...texts.values()];
}

/** What the checkpoint of a job and its lock send. */
async function sentByJob(): Promise<Recorder["sent"]> {
  const recorder = new Recorder();
  const { execute } = await recordedSession(recorder);
  await lockJob(() => Promise.resolve(recorder.connection), "it's a job", "nowhere");
  const table = new CheckpointTable("ops.upsurge_checkpoint", execute);
  const row = emptyRow(
    { job: "j", config: "c", madeAs: null, epoch: 1, owner: "o" },
    { number: 1, name: "rows.csv" },
  );
  await table.exists();
  await table.create();
  await table.read(null);
  await table.read("j");
  await table.takeOver("j", "o");
  await table.lock(row);
  await table.advance(row, { ...row, total: { bytes: 1, sha256: "0" } });
  await table.insert(row);
  await table.remove(row);
  await table.forget("j");
  await table.forgetDone(row);
  const madeAs = await execute.madeAs("dbo.t", "ops.upsurge_checkpoint");
  const isMadeAs = execute.dialect.isMadeAs?.("[dbo].[t]", "1:2026/2:2026") ?? "1 = 0";
  const moved = await table.advancing(row, row, [isMadeAs]);
  await execute.run(moved.sql, moved.values);
  const [planned] = everyPlan((await recordedSession(recorder)).capabilities);
  if (planned === undefined) throw new Error("there is no plan");
  const atHand = { sql: "[dbo].[t]", label: "dbo.t", shape: planned.plan.table };
  const found = { tables: [atHand] as const, each: [madeAs], madeAs };
  const written = { ...row, counts: { ...row.counts, inserted: 1 } };
  // The recorder answers that the table is empty.
  await refuseOtherTable([written], found, execute).catch(() => {});
  return recorder.sent;
}

/** What a load with this plan sends, and what `upsurge plan` shows of it. */
export async function sentBy(plan: TablePlan): Promise<Recorder["sent"]> {
  const recorder = new Recorder();
  const session = await recordedSession(recorder);
  const columns = plan.columns.map(({ name }) => name);
  await session.checkPlan(plan, columns);
  const batch = batchOf(plan);
  for (const rowSource of ["staged", "arrays", "values"] as const satisfies RowSource[]) {
    const { writers } = await session.begin([{ ...plan, rowSource }]);
    const [writer] = writers;
    await writer?.set?.savepoint();
    await writer?.set?.stage(batch);
    if (rowSource !== "staged") continue;
    await writer?.set?.repeats(batch);
    await writer?.set?.apply(batch, { kind: "all" });
    await writer?.set?.apply(batch, { kind: "except", ords: [1] });
    await writer?.set?.apply(batch, { kind: "only", ords: [1], wave: 2 });
    await writer?.set?.rollbackToSavepoint();
    await writer?.applyEach(batch);
    // Rows of one shape may go straight into the table.
    const rows = batch.rows.filter(({ shape }) => shape.id === 0);
    const alike = { ...batch, size: rows.length, rows };
    await writer?.set?.stage(alike);
    await writer?.set?.apply(alike, { kind: "all" });
  }
  // A bulk load is the driver's to ask for, and in no grammar; what is a part of a batch that is sent is parsed with it.
  const shown = session
    .statements(plan, columns)
    .filter(({ sql }) => !sql.startsWith("insert bulk"))
    .filter(({ sql }) => !recorder.sent.some((batch) => batch.sql.includes(sql)));
  return [...recorder.sent, ...shown.map(({ sql }) => alone(sql))];
}

/** A statement without the batch that declares what it names. */
function alone(sql: string): Recorder["sent"][number] {
  const names = new Set([...sql.matchAll(/(?<!@)@(\w+)/g)].map(([, name = ""]) => name));
  return { sql: script([sql]), parameters: [...names].map((name) => ({ name, value: null })) };
}

/** Rows of several shapes, as JSON brings them: all columns, the key and one more, the key alone. */
export function batchOf(plan: TablePlan): Batch {
  const all = plan.columns.map(({ name }) => name);
  const key = all.filter((name) => plan.arbiter?.columns.includes(name) === true);
  const more = all.filter((name) => !key.includes(name));
  const shapes = [all, [...key, ...more.slice(0, 1)], key.length === 0 ? all.slice(0, 1) : key];
  const rows = shapes.flatMap((columns, id) => [
    row(id * 2, { id, columns }),
    row(id * 2 + 1, { id, columns }),
  ]);
  return { number: 1, size: rows.length, rows, packed: null };
}

/** A row of digits, with a NULL at its end. */
export function row(ord: number, shape: RowShape): Row {
  const values = shape.columns.map((_, at) =>
    at > 0 && at === shape.columns.length - 1 ? null : `${at}`,
  );
  const record: Row["record"] = {
    shape: { fields: shape.columns },
    values,
    kinds: null,
    position: { source: "rows.csv", record: ord + 1, line: [ord + 1, ord + 1], byte: [0, 0] },
    raw: new Uint8Array(),
  };
  return { ord, shape, values, numeric: null, record };
}

/** Parents and children in one database, and a session that writes both, for the tests of several tables in one transaction. */
import type { Batch, Row, RowShape } from "../../src/model/batch.ts";
import type { TablePlan } from "../../src/model/load-plan.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import { findTarget } from "../../src/targets/registry.ts";
import type { Session, Writer } from "../../src/targets/target.ts";
import { BatchWriter } from "../../src/write/write-batch.ts";
import type { Way } from "./engines.ts";
import { optionsOf } from "./options.ts";

/** Makes the tables, each with a row. */
export const SETUP =
  "create table parents (id int primary key, n int not null); create table children (id int primary key, parent int not null references parents (id), n int); insert into parents values (1, 1); insert into children values (10, 1, 1);";

/** What a load of them says in its table and fields. */
export const FIELDS = { parents: ["id", "n"], children: ["id", "parent", "n"] } as const;

/** A session on the database. */
export async function openSession(url: string): Promise<Session> {
  const target = await findTarget(url);
  const limits = { lockTimeoutMs: 60_000, statementTimeoutMs: 0 };
  return await target.connect({ url, ...limits, environment: process.env });
}

/** How a table is written, its temporary tables named after `stage`. */
export async function planOf(
  session: Session,
  name: keyof typeof FIELDS,
  { strategy, rowSource }: Pick<Way, "strategy" | "rowSource">,
  stage: string,
): Promise<TablePlan> {
  const shape = await session.readTableShape(name);
  if (shape === null) throw new Error(`there is no table ${name}`);
  const options = optionsOf({
    key: ["id"],
    strategy: strategy === "native" ? "native" : "select-then-write",
    rowSource: rowSource === "staged" || rowSource === "arrays" ? rowSource : "values",
  });
  const { tables } = makePlan({
    target: "test",
    shape,
    capabilities: session.capabilities,
    quoteIdentifier: (each) => session.quoteIdentifier(each),
    options,
    fields: FIELDS[name],
    openFields: false,
  });
  return { ...tables[0], stage };
}

/** Writes batches by the law. */
export function batchWriter(session: Session, plan: TablePlan, writer: Writer): BatchWriter {
  const classify = session.classify.bind(session);
  return new BatchWriter(plan, { writer, capabilities: session.capabilities, classify });
}

/** A batch of rows: texts beside the columns of the shape, counted from `first` in the order of the law. */
export function batchOf(
  shape: RowShape,
  first: number,
  values: readonly (string | null)[][],
): Batch {
  const rows = values.map((each, at): Row => ({
    ord: first + at,
    shape,
    values: each,
    numeric: null,
    record: {
      shape: { fields: shape.columns },
      values: each,
      kinds: null,
      position: { source: "in.csv", record: first + at + 1, line: [1, 1], byte: [0, 0] },
      raw: Buffer.alloc(0),
    },
  }));
  return { number: first + 1, size: rows.length, rows, packed: null };
}

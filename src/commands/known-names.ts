/**
 * The names that a database knows, for whoever completes them: tables, columns, constraints, jobs. It only looks: nothing is
 * made, locked or waited for.
 */
import { CheckpointTable } from "../checkpoint/checkpoint-table.ts";
import { connectOptions } from "../load/connect-options.ts";
import type { Environment } from "../model/environment.ts";
import { isShardJobName } from "../model/shards/shard.ts";
import type { TableName, TableShape } from "../model/table-shape.ts";
import { tableName } from "../model/table-shape.ts";
import { quotedTable } from "../options/default-table.ts";
import type { Options } from "../options/options.ts";
import { findTarget } from "../targets/registry.ts";
import type { Session } from "../targets/target.ts";

/** What is asked for. */
export type NameKind = "tables" | "columns" | "constraints" | "jobs";

/** A name, and a few words about it. */
export interface KnownName {
  readonly name: string;
  readonly about: string;
}

/** Somebody waits at a prompt. */
const PATIENCE = { lockTimeout: 200, statementTimeout: 1000, acceptServer: true };

/** The names that the database of the options has. Throws where it cannot be asked. */
export async function knownNames(
  kind: NameKind,
  options: Options,
  environment: Environment,
): Promise<readonly KnownName[]> {
  const url = options.to ?? "";
  if (url === "") return [];
  const target = await findTarget(url);
  const connection = connectOptions({ ...options, ...PATIENCE }, environment);
  const session = await target.connect({ ...connection, looksOnly: true });
  try {
    return await namesOf(kind, session, options);
  } finally {
    await session.close();
  }
}

async function namesOf(
  kind: NameKind,
  session: Session,
  options: Options,
): Promise<readonly KnownName[]> {
  if (kind === "tables") return (await session.listTables()).flatMap(namesOfTable);
  if (kind === "jobs") return await jobs(session, options);
  const table = options.table === null ? null : await session.readTableShape(options.table);
  if (table === null) return [];
  return kind === "columns" ? columns(table) : constraints(table);
}

/** The schemas that are looked into without being named. */
const USUAL: readonly (string | null)[] = [null, "public", "dbo"];

/** A table of the usual schema by its bare name as well. */
function namesOfTable(table: TableName): KnownName[] {
  const bare = quotedTable(table.name);
  const whole = tableName({ ...table, name: bare });
  const names = USUAL.includes(table.schema) && table.schema !== null ? [bare, whole] : [whole];
  return names.map((name) => ({ name, about: "table" }));
}

function columns({ columns: all }: TableShape): KnownName[] {
  return all
    .filter(({ generatedSql }) => generatedSql === null)
    .map(({ name, type, nullable }) => ({ name, about: nullable ? type : `${type} not null` }));
}

function constraints({ uniqueKeys }: TableShape): KnownName[] {
  return uniqueKeys.flatMap(({ name, keyExpressions, primary }) => {
    if (name === null) return [];
    const about = `${primary ? "primary key" : "unique"} (${keyExpressions.join(", ")})`;
    return [{ name, about }];
  });
}

/** Without shards: a user names the job that they are of. */
async function jobs(session: Session, { checkpointTable }: Options): Promise<KnownName[]> {
  const table = new CheckpointTable(checkpointTable, session.execute);
  if (!(await table.exists())) return [];
  const rows = await table.read(null);
  const names = new Set(rows.map(({ job }) => job).filter((job) => !isShardJobName(job)));
  return [...names].map((name) => {
    const isDone = rows.every(({ job, total }) => job !== name || total !== null);
    return { name, about: isDone ? "done" : "not done" };
  });
}

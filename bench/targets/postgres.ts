/** The table on PostgreSQL: a template holds the state before a load, and every run starts from a fresh copy of it. */
import { spawnSync } from "node:child_process";
import { Client } from "pg";
import { rowsBefore } from "../data/dataset.ts";
import type { Content } from "../data/dataset.ts";
import type { Column, ColumnType } from "../data/shapes.ts";
import { postmasterOf, serverCpuSeconds } from "../rig/server-cpu.ts";
import { startEmbedded } from "../../test/helpers/embedded-postgres.ts";
import type { BenchTarget, Case } from "./bench-target.ts";

/** The schema that holds everything; it is dropped in the end. */
export const SCHEMA = "upsurge_bench";

const TYPES: Readonly<Record<ColumnType, string>> = {
  bigint: "bigint",
  int: "integer",
  numeric: "numeric(12,2)",
  double: "double precision",
  date: "date",
  timestamp: "timestamp",
  text: "text",
  boolean: "boolean",
};

/** Durable, with default memory, its data on the disk of the project; autovacuum would hit one run and not another. */
const SETTINGS = { fsync: "on", autovacuum: "off" };

/** A server that is there, or one to be started with its data in `folder` and this size of shared buffers. */
type Server = { readonly url: string } | { readonly folder: string; readonly size: string };

/** Opens or starts the server. */
export async function openPostgres(server: Server): Promise<BenchTarget> {
  const own =
    "url" in server
      ? null
      : await startEmbedded(server.folder, { ...SETTINGS, shared_buffers: server.size });
  const to = "url" in server ? server.url : (own?.url ?? "");
  const client = new Client({ connectionString: to });
  await client.connect();
  await client.query(`drop schema if exists ${SCHEMA} cascade; create schema ${SCHEMA}`);
  const { rows } = await client.query<Facts>(
    `select current_setting('server_version') as version, current_setting('shared_buffers') as buffers,
       pg_backend_pid() as pid, inet_server_addr() <<= '127.0.0.0/8' or inet_server_addr() = '::1' as local`,
  );
  const { version, buffers, pid, local } = rows[0] ?? {
    version: "",
    buffers: "",
    pid: 0,
    local: false,
  };
  const postmaster = own?.pid ?? (local === true ? postmasterOf(pid) : null);
  return {
    name: "postgres",
    version: `PostgreSQL ${version}, ${buffers} of shared buffers`,
    url: to,
    table: `${SCHEMA}.target`,
    prepare: (one) => fillTemplate(client, one),
    restore: () => copyTemplate(client),
    content: () => contentOf(client),
    serverCpuSeconds: () => (postmaster === null ? null : serverCpuSeconds(postmaster)),
    close: async () => {
      await client.query(`drop schema ${SCHEMA} cascade`);
      await client.end();
      await own?.remove();
    },
  };
}

interface Facts {
  readonly version: string;
  readonly buffers: string;
  readonly pid: number;
  /** The server runs on this machine. */
  readonly local: boolean | null;
}

async function fillTemplate(client: Client, one: Case): Promise<void> {
  const columns = one.data.shape.columns;
  const declared = columns.map(({ name, type }) => `${name} ${TYPES[type]} not null`);
  await client.query(
    `drop table if exists ${SCHEMA}.template;
     create unlogged table ${SCHEMA}.template (${declared.join(", ")})`,
  );
  let rows: string[][] = [];
  for (const row of rowsBefore(one.data, one.workload)) {
    rows.push(row);
    if (rows.length < 5000) continue;
    await addRows(client, columns, rows);
    rows = [];
  }
  await addRows(client, columns, rows);
}

async function addRows(
  client: Client,
  columns: readonly Column[],
  rows: readonly string[][],
): Promise<void> {
  const arrays = columns.map(({ type }, index) => `$${index + 1}::text[]::${TYPES[type]}[]`);
  const values = columns.map((_, index) => rows.map((row) => row[index]));
  await client.query(
    `insert into ${SCHEMA}.template select * from unnest(${arrays.join(", ")})`,
    values,
  );
}

/** The copy looks like a table that has been there for a while: vacuumed, with statistics, everything written out. */
async function copyTemplate(client: Client): Promise<void> {
  await client.query(
    `drop table if exists ${SCHEMA}.target;
     create table ${SCHEMA}.target (like ${SCHEMA}.template);
     insert into ${SCHEMA}.target select * from ${SCHEMA}.template;
     alter table ${SCHEMA}.target add primary key (id)`,
  );
  await client.query(`vacuum analyze ${SCHEMA}.target`);
  await client.query("checkpoint");
  spawnSync("sync");
}

async function contentOf(client: Client): Promise<Content> {
  const { rows } = await client.query<Record<keyof Content, string>>(
    `select count(*) as rows, coalesce(sum(qty), 0) as sum,
       coalesce(sum(('x' || left(md5(id || '|' || note), 7))::bit(28)::integer), 0) as digest
     from ${SCHEMA}.target`,
  );
  const row = rows[0];
  return { rows: Number(row?.rows), sum: Number(row?.sum), digest: Number(row?.digest) };
}

/** What else loads a file into PostgreSQL: the recipe for psql, which everything is compared with, and Node libraries. */
import { fileURLToPath } from "node:url";
import { versionOf } from "../rig/tools.ts";
import type { BenchTarget, Case, Variant } from "./bench-target.ts";
import { SCHEMA } from "./postgres.ts";

/** A larger file would keep the libraries busy for minutes. */
const PEER_ROWS = 100_000;

const PEERS = fileURLToPath(new URL("../peers/postgres.mjs", import.meta.url));

/** The recipe for psql comes first: it is the anchor. */
export function postgresVariants(target: BenchTarget): Variant[] {
  const psql = versionOf("psql");
  return [
    {
      name: "psql",
      reports: false,
      skip: () => (psql === null ? "psql is not installed" : null),
      command: (one) => ({
        program: "psql",
        args: ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-", target.url],
        input: one.workload === "I" ? insertScript(one) : upsertScript(one),
      }),
    },
    {
      name: "psql-each",
      reports: false,
      skip: (one) => {
        if (psql === null) return "psql is not installed";
        if (one.workload !== "Z") return "only for workload Z: one statement a record";
        return one.data.rows > PEER_ROWS ? `slow: ${PEER_ROWS} rows at most` : null;
      },
      command: (one) => ({
        program: "psql",
        args: ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-", target.url],
        input: eachScript(one),
      }),
    },
  ];
}

/** Libraries that write 1000 rows a statement, with csv-parse in front. */
export function postgresPeers(target: BenchTarget): Variant[] {
  return ["knex", "kysely", "drizzle"].map((library) => ({
    name: library,
    reports: false,
    skip: ({ data }) => {
      if (data.shape.pages !== null) return "counts nothing";
      return data.rows > PEER_ROWS ? `slow: ${PEER_ROWS} rows at most` : null;
    },
    command: ({ data, workload }) => ({
      program: process.execPath,
      args: [PEERS, library, target.url, SCHEMA, data.csv, workload === "I" ? "insert" : "upsert"],
    }),
  }));
}

/** One transaction; the number of the line decides which of two rows with the same key is the last. */
function upsertScript(one: Case): string {
  const { data } = one;
  if (data.shape.pages !== null) return countScript(one);
  const names = data.shape.columns.map(({ name }) => name);
  const columns = names.join(", ");
  const updates = names.filter((name) => name !== "id").map((name) => `${name} = excluded.${name}`);
  const line = data.shape.repeatsKeys;
  return `
begin;
create temp table staging (like ${SCHEMA}.target) on commit drop;
${line ? "alter table staging add column line bigserial;" : ""}
\\copy staging (${columns}) from '${data.csv}' with (format csv, header)
insert into ${SCHEMA}.target (${columns})
  select ${line ? "distinct on (id) " : ""}${columns} from staging ${line ? "order by id, line desc" : ""}
  on conflict (id) do update set ${updates.join(", ")};
commit;
`;
}

/** What clicks come to, added up before they are written. */
function countScript({ data }: Case): string {
  return `
begin;
create temp table staging (like ${SCHEMA}.target) on commit drop;
\\copy staging from '${data.csv}' with (format csv, header)
insert into ${SCHEMA}.target as target (id, qty, note)
  select id, sum(qty), min(note) from staging group by id
  on conflict (id) do update set qty = target.qty + excluded.qty, note = excluded.note;
commit;
`;
}

/** The law, by the letter: a statement for each click, in a loop on the server. */
function eachScript({ data }: Case): string {
  return `
begin;
create temp table staging (like ${SCHEMA}.target) on commit drop;
alter table staging add column line bigserial;
\\copy staging (id, qty, note) from '${data.csv}' with (format csv, header)
do $$ declare r record; begin
  for r in select * from staging order by line loop
    insert into ${SCHEMA}.target as target (id, qty, note) values (r.id, r.qty, r.note)
    on conflict (id) do update set qty = target.qty + excluded.qty, note = excluded.note;
  end loop;
end $$;
commit;
`;
}

function insertScript({ data }: Case): string {
  const columns = data.shape.columns.map(({ name }) => name).join(", ");
  return `\\copy ${SCHEMA}.target (${columns}) from '${data.csv}' with (format csv, header)\n`;
}

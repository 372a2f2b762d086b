/** Keys in no order, over a table that does not fit into the server's memory: batches are merged in the order of their keys. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startEmbedded } from "../helpers/embedded-postgres.ts";
import type { EmbeddedServer } from "../helpers/embedded-postgres.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";

let server: EmbeddedServer;
let client: Client;
beforeAll(async () => {
  const memory = { shared_buffers: "256kB", log_statement: "all" };
  server = await startEmbedded(mkdtempSync(join(tmpdir(), "upsurge-small-memory-")), memory);
  client = new Client({ connectionString: server.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await server.remove();
});
beforeEach(async () => {
  for (const table of ["large", "small"])
    await client.query(
      `drop table if exists ${table}; create table ${table} (id int primary key, v text)`,
    );
});

/** Keys that lie far apart, in no order. */
const KEYS = Array.from({ length: 3000 }, (_, at) => 10 * ((at * 1231) % 3000));

/** Loads them into a table; the merges that the server has run for it. */
async function mergesInto(table: string, flags: readonly string[] = []): Promise<string[]> {
  const records = KEYS.map((key) => `${key},new ${key}\n`);
  const words = ["-", "--format", "csv", "--to", server.url, "--table", table, "--key", "id"];
  const from = server.log.length;
  const { stdout, stderr } = await runUpsurge([...words, "-q", "--json", ...flags], {
    stdin: `id,v\n${records.join("")}`,
  });
  expect(JSON.parse(stdout), stderr).toMatchObject({ counts: { inserted: 1500, updated: 1500 } });
  const log = server.log.slice(from).join("");
  return [...log.matchAll(/LOG: {2}(?:statement|execute [^:]*): (merge into .*)/g)].map(
    ([, sql = ""]) => sql,
  );
}

/** Every second key, and rows of no record. */
async function fill(table: string, others: number): Promise<void> {
  await client.query(
    `insert into ${table} select n * 20, 'old' from generate_series(0, 1499) n;
     insert into ${table} select 1000001 + n, repeat('x', 200) from generate_series(1, ${others}) n`,
  );
}

test("of a table that does not fit, and of no other", async () => {
  await fill("large", 2000);
  await fill("small", 0);
  const [large] = await mergesInto("large", ["--batch-rows", "1000"]);
  const [small] = await mergesInto("small", ["--batch-rows", "1000"]);

  const sorted = '(select * from pg_temp.upsurge_stage as excluded order by excluded."id")';
  expect(large).toContain(`using ${sorted} as excluded on`);
  expect(small).toContain("using pg_temp.upsurge_stage as excluded on");
  const sums = "select count(*)::int as n, count(*) filter (where v = 'new ' || id)::int as loaded";
  for (const [table, n] of [
    ["large", 5000],
    ["small", 3000],
  ])
    expect((await client.query(`${sums} from ${table}`)).rows).toEqual([{ n, loaded: 3000 }]);
});

/** A database that has not every character: names of files may be any, and whatever else cannot be spelled there is said. */
import { Client } from "pg";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

const HEADER = "id,n,log\n";
const SOURCE = "日本 é.csv";

describe.each(["LATIN1", "WIN1251", "SQL_ASCII"])("a database in %s", (encoding) => {
  const database = useDatabase(postgres);
  const name = `encoded_${encoding.toLowerCase()}`;
  let url = "";
  const sql = async (text: string): Promise<string[][]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      const { rows } = await client.query<string[]>({ text, rowMode: "array" });
      return rows;
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    await database.exec(`drop database if exists ${name}`);
    await database.exec(
      `create database ${name} encoding '${encoding}' locale 'C' locale_provider libc template template0`,
    );
    const found = new URL(database.url);
    found.pathname = name;
    url = found.href;
  });
  afterAll(async () => await database.exec(`drop database ${name}`));

  const open = async (): Promise<(args: readonly string[]) => ReturnType<typeof runUpsurge>> => {
    await sql("drop table if exists t, upsurge_checkpoint");
    await sql("create table t (id text primary key, n int check (n <> 77), log text)");
    const cwd = tempDir();
    writeFileSync(join(cwd, SOURCE), `${HEADER}a,1,a\nb,2,b\nc,77,c\n`);
    return async (args) => await runUpsurge([...args, "--to", url], { cwd });
  };
  const LOAD = [SOURCE, "--table", "t", "--key", "id", "--set", "n = target.n + excluded.n"];

  test("remembers a source of any name, and its reject files", async () => {
    const run = await open();
    const job = [...LOAD, "--commit", "1", "--json", "--job", "j"];
    const stopped = await run([...job, "--reject-file", "駄目.csv"]);
    expect([stopped.exitCode, stopped.stderr]).toEqual([
      4,
      expect.stringContaining("REJECT_LIMIT"),
    ]);
    const went = await run([...job, "--reject-file", "駄目.csv", "--max-rejects", "1"]);
    expect([went.exitCode, JSON.parse(went.stdout).counts], went.stderr).toMatchObject([
      3,
      { read: 3, inserted: 2, rejected: 1 },
    ]);
    expect(JSON.parse(went.stdout).job.resumedAt).toBe(2);
    const again = await run([...job, "--max-rejects", "1"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ exit: 3, counts: { read: 0 } });
    expect(JSON.parse(again.stdout).rejectFile).toMatch(/駄目\.csv$/);
    expect((await run(["jobs"])).stdout).toContain(SOURCE);
    expect(await sql("select id, n from t order by id")).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });

  // SQL_ASCII takes whatever it is sent.
  test.runIf(encoding !== "SQL_ASCII").each([
    ["--job", [...LOAD, "--commit", "1", "--job", "日本"]],
    ["--table", [SOURCE, "--table", "日本", "--key", "id"]],
    ["--checkpoint-table", [...LOAD, "--job", "j", "--checkpoint-table", "日本"]],
    ["--const", [...LOAD, "-m", "log:", "--const", "log=日本"]],
    ["--forget", ["jobs", "--forget", "日本"]],
  ])("says what %s cannot be", async (_, args) => {
    const run = await open();
    expect((await run([...LOAD, "--max-rejects", "1", "--job", "j"])).exitCode).toBe(3);
    await sql("delete from t");
    const { exitCode, stderr } = await run(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/TARGET_ENCODING\ncause: character with byte sequence .* \(22P05\)\n/);
    expect(await sql("select * from t")).toEqual([]);
  });
});

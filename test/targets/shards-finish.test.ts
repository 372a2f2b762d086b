/** What only the end of a job of shards can tell: sources that were not begun, bytes between samples, rejects that share a file. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { ShardsShell } from "../helpers/shards-shell.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const engine = postgres;

describe("a job of shards", () => {
  const database = useDatabase(engine);
  let job: ShardsShell;
  beforeEach(async () => {
    job = await ShardsShell.open(engine, database);
  });

  test("is not finished while a shard has not begun the last source", async () => {
    job.shell.write("a.csv", "id,n,hist\n1,1,1\n2,2,2\n3,3,3\n4,4,4\n");
    // What is no row is every second record of each shard: the first record is that of shard 1.
    job.shell.write("b.csv", "id,n,hist\n,5,5\n,6,6\n");
    const load = async (which: string, most: string) =>
      await job.shell.load("a.csv b.csv --job j", ["--max-rejects", most, "--shard", which]);

    expect((await load("0/2", "9")).exit).toBe(3);
    const stopped = await load("1/2", "1");
    expect([stopped.exit, stopped.code]).toEqual([4, "REJECT_LIMIT"]);
    const known = await database.rows(
      "select job_id, source, state from upsurge_checkpoint where job_id like 'j#%' order by 1, 2",
    );
    expect(known).toEqual([
      ["j#0/2", "1", "done"],
      ["j#0/2", "2", "done"],
      ["j#1/2", "1", "done"],
    ]);

    const early = await job.finish();
    expect([early.exit, early.code]).toEqual([4, "SHARDS_MISSING"]);
    expect((await load("1/2", "9")).exit).toBe(3);
    expect((await job.finish()).exit).toBe(3);
    expect(job.shell.read("a.csv.rejects.csv")).toBe("id,n,hist\n,5,5\n,6,6\n");
  });

  test("refuses a source that was changed between two shards where no sample was taken of it", async () => {
    const values = Array.from({ length: 32 }, (_, at) => `${at},${at},${"x".repeat(1_048_560)}\n`);
    const before = `id,n,hist\n${values.join("")}`;
    // Pieces of 64 KiB are compared before the load, 256 in all; this byte is between the first two.
    const after = `${before.slice(0, 100_000)}y${before.slice(100_001)}`;
    await database.exec("drop table t; create table t (id int primary key, n int, hist text)");
    job.shell.write("in.csv", before);
    expect((await job.shard("0/2")).exit).toBe(0);
    job.shell.write("in.csv", after);
    const other = await job.shard("1/2");

    expect([other.exit, other.code], other.stderr).toEqual([4, "SOURCE_CHANGED"]);
    expect(other.cause).toContain("two shards of the job have read different bytes");
    expect((await job.finish()).code).toBe("SOURCE_CHANGED");
  });

  test("gives keys with the same NULL to one shard, however their other parts are spelled", async () => {
    await database.exec(
      "drop table t; create table t (id int, n int, hist text, unique nulls not distinct (id, n))",
    );
    const ids = Array.from({ length: 12 }, (_, at) => at + 1);
    job.shell.write(
      "in.csv",
      `id,n,hist\n${ids.map((id) => `${id},,old\n0${id},,new\n`).join("")}`,
    );
    job.shell.flags = ["--key", "id,n", "--null-key", "match"];
    const ran = [await job.shard("1/2"), await job.shard("0/2")];

    expect(
      ran.map(({ exit }) => exit),
      ran[0]?.stderr,
    ).toEqual([0, 0]);
    expect(await database.rows("select hist, count(*) from t group by hist")).toEqual([
      ["new", "12"],
    ]);
    const { counts } = JSON.parse((await job.finish()).stdout) as { readonly counts: object };
    expect(counts).toMatchObject({ read: 24, inserted: 12, updated: 12 });
  });

  test.each([
    ["utf8", ""],
    ["utf16le", "\uFEFF"],
  ] as const)(
    "keeps a reject that had no line end apart from the next one: %s",
    async (encoding, mark) => {
      const write = (name: string, text: string): void =>
        job.shell.write(name, Buffer.from(mark + text, encoding));
      write("a.csv", "id,n,hist\n4,77,4");
      write("b.csv", "id,n,hist\n4,77,5\n5,5,5\n4,77,6");
      write("c.csv", "id,n,hist\n4,77,7");
      const flags = ["--max-rejects", "9"];
      const file = join(job.shell.folder, "a.csv.rejects.csv");
      await job.shell.load("a.csv b.csv c.csv --job alone", flags);
      const [alone, report] = [readFileSync(file), readFileSync(`${file}.jsonl`)];
      for (const name of [file, `${file}.jsonl`]) rmSync(name);
      for (const which of ["1/2", "0/2"])
        await job.shell.load("a.csv b.csv c.csv --job j", [...flags, "--shard", which]);

      expect((await job.finish()).exit).toBe(3);
      expect(alone.toString(encoding)).toBe(`${mark}id,n,hist\n4,77,4\n4,77,5\n4,77,6\n4,77,7`);
      expect(readFileSync(file)).toEqual(alone);
      expect(readFileSync(`${file}.jsonl`)).toEqual(report);
    },
  );
});

describe("records without any value", () => {
  const database = useDatabase(engine);

  test("are counted once among those of all shards", async () => {
    const job = await ShardsShell.open(engine, database);
    job.shell.write("in.csv", "id,n,hist\n1,1,1\n,,\n2,2,2\n,,\n,,\n3,3,3\n");
    for (const which of ["1/2", "0/2"]) expect((await job.shard(which)).exit).toBe(0);
    const { counts } = JSON.parse((await job.finish()).stdout) as { readonly counts: object };

    expect(counts).toMatchObject({ read: 3, inserted: 3, blank: 3 });
  });
});

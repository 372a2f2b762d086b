/** Producers that die: what a load was told to expect of its sources, and did not get, is not kept. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { attempt, csv, numbers, sha256 } from "../helpers/stream-load.ts";

/** Each case: the input, the flags that it breaks, and the error. The key of its last record is 9. */
const UNMET: readonly (readonly [string, string, readonly string[], string])[] = [
  ["fewer records", csv(10), ["--expect-rows", "11"], "SOURCE_ROWS"],
  ["another hash", csv(10), ["--expect-sha256", sha256("else")], "SOURCE_CHECKSUM"],
  ["a cut last line", csv(10).slice(0, -1), ["--require-final-newline"], "SOURCE_INCOMPLETE"],
];

describe.each(ENGINES.filter(({ name }) => name !== "sqlserver"))("$title", (engine) => {
  const database = useDatabase(engine);

  describe.each(UNMET)("%s", (_, input, flags, code) => {
    test("keep nothing of a load in one transaction", async () => {
      const tried = await attempt(database, { files: { "in.csv": input } }, flags);

      expect(tried, tried.output).toMatchObject({ exit: 4, code, keys: [] });
      expect(tried.fix).toContain("nothing was kept");
    });

    test("keep nothing of standard input", async () => {
      const tried = await attempt(database, { stdin: input }, flags);

      expect(tried, tried.output).toMatchObject({ exit: 4, code, keys: [] });
    });

    // Batches that are full with the last record, transactions that are, and neither.
    test.each([
      [["--commit", "4", "-b", "2"], 8],
      [["--commit", "5", "-b", "5"], 5],
      [["--commit", "2", "-b", "2"], 8],
      [["--commit", "10", "-b", "10"], 0],
      [["--commit", "4", "-b", "3"], 6],
    ])("keep all transactions but the last with %j", async (commit, kept) => {
      const tried = await attempt(database, { files: { "in.csv": input } }, [...flags, ...commit]);

      expect(tried, tried.output).toMatchObject({ exit: 4, code, read: kept });
      expect(tried.keys).toEqual(numbers(kept));
      const fix = kept === 0 ? "nothing was kept" : `${kept} records are committed and stay`;
      expect(tried.fix).toContain(fix);
    });
  });

  test("the flags are met, together", async () => {
    const input = csv(10);
    const flags = ["--expect-rows", "10", "--expect-sha256", sha256(input).toUpperCase()];
    const more = ["--require-final-newline", "--commit", "4", "-b", "2"];

    const tried = await attempt(database, { files: { "in.csv": input } }, [...flags, ...more]);

    expect(tried, tried.output).toMatchObject({ exit: 0, read: 10, keys: numbers(10) });
  });
});

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
const [sqlite] = ENGINES.filter(({ name }) => name === "sqlite");
if (postgres === undefined || sqlite === undefined) throw new Error("an engine is missing");

describe("several writers", () => {
  const database = useDatabase(postgres);
  const writers = ["--writers", "2", "--commit", "600", "-b"];

  test.each(
    UNMET.flatMap((unmet) => ["100", "300"].map((batch) => [unmet[0], batch, unmet] as const)),
  )("%s: no writer keeps its last transaction", async (_, batch, [name, , flags, code]) => {
    const whole = csv(3000);
    const input = name === "a cut last line" ? whole.slice(0, -1) : whole;
    const asked = flags[0] === "--expect-rows" ? ["--expect-rows", "3001"] : flags;
    const tried = await attempt(database, { files: { "in.csv": input } }, [
      ...asked,
      ...writers,
      batch,
    ]);

    expect(tried, tried.output).toMatchObject({ exit: 4, code });
    expect(tried.keys).toHaveLength(tried.read);
    expect(tried.read).toBeGreaterThan(0);
    expect(tried.keys).not.toContain(2999);
  });

  test("more records than expected end the load at once", async () => {
    const flags = ["--expect-rows", "1000", ...writers, "100"];

    const tried = await attempt(database, { files: { "in.csv": csv(60_000) } }, flags);

    expect(tried, tried.output).toMatchObject({ exit: 4, code: "SOURCE_ROWS" });
    expect(tried.output).toContain("and more read, 1000 expected");
    expect(tried.keys).toHaveLength(tried.read);
    expect(tried.read).toBeLessThan(10_000);
  });
});

describe("--expect-rows", () => {
  const database = useDatabase(sqlite);

  test.each([
    ["no more", "9"],
    ["none", "0"],
  ])("allows %s than it says", async (_, rows) => {
    const tried = await attempt(database, { files: { "in.csv": csv(10) } }, [
      "--expect-rows",
      rows,
    ]);

    expect(tried, tried.output).toMatchObject({ exit: 4, code: "SOURCE_ROWS", keys: [] });
  });

  test("of 0 is what a header alone has", async () => {
    const flags = ["--expect-rows", "0", "--require-final-newline"];

    const tried = await attempt(database, { files: { "in.csv": "k,n,s\n" } }, flags);

    expect(tried, tried.output).toMatchObject({ exit: 0, keys: [] });
  });

  test("counts rejects, and all sources together", async () => {
    const files = { "a.csv": `${csv(3)}3,77,x\n`, "b.csv": `k,n,s\n4,1,x\n5,1\n` };
    const rejects = ["--max-rejects", "2", "--reject-file", "bad.csv"];

    const six = await attempt(database, { files }, [...rejects, "--expect-rows", "6"]);
    const five = await attempt(database, { files }, [...rejects, "--expect-rows", "5"]);

    expect(six, six.output).toMatchObject({ exit: 3, read: 6, keys: [0, 1, 2, 4] });
    expect(five, five.output).toMatchObject({ exit: 4, code: "SOURCE_ROWS", keys: [] });
  });

  test("is asked of a dry run as well", async () => {
    const flags = ["--expect-rows", "11", "--dry-run"];

    const tried = await attempt(database, { files: { "in.csv": csv(10) } }, flags);

    expect(tried, tried.output).toMatchObject({ exit: 4, code: "SOURCE_ROWS" });
  });
});

describe("--expect-sha256", () => {
  const database = useDatabase(sqlite);
  const json = `[{"k":1},{"k":2}] \n\n  `;

  test.each<[string, string | Uint8Array, readonly string[], number]>([
    ["of a compressed file: of its bytes as stored", gzipSync(csv(9000)), [], 9000],
    ["with zero bytes at the end", Buffer.concat([gzipSync(csv(9)), Buffer.alloc(600_000)]), [], 9],
    ["of a file of which a limit leaves most", csv(90_000), ["--limit", "3"], 3],
    ["of a compressed one", gzipSync(csv(90_000)), ["--limit", "3"], 3],
    ["of an array with white space behind it", json, [], 2],
    ["of an empty file", "", [], 0],
  ])("%s", async (_, bytes, more, records) => {
    const flags = [...more, "--expect-sha256"];

    const right = await attempt(database, { files: { in: bytes } }, [...flags, sha256(bytes)]);
    const other = await attempt(database, { stdin: bytes }, [...flags, sha256("other")]);

    expect(right, right.output).toMatchObject({ exit: 0, read: records });
    expect(other, other.output).toMatchObject({ exit: 4, code: "SOURCE_CHECKSUM", keys: [] });
    expect(other.output).toContain(sha256(bytes));
  });

  test("reads what a limit leaves, so that damage behind it is met", async () => {
    const whole = gzipSync(csv(90_000));
    const bytes = whole.subarray(0, -9);
    const flags = ["--limit", "3", "--expect-sha256", sha256(bytes)];

    const tried = await attempt(database, { files: { "in.csv.gz": bytes } }, flags);

    expect(tried, tried.output).toMatchObject({ exit: 4, code: "SOURCE_CORRUPT", keys: [] });
  });

  test("is for one source", async () => {
    const files = { "a.csv": csv(1), "b.csv": csv(2) };

    const tried = await attempt(database, { files }, ["--expect-sha256", sha256(csv(1))]);

    expect(tried, tried.output).toMatchObject({ exit: 2, code: "OPTION_CONFLICT", keys: [] });
  });
});

function utf16(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, "utf16le");
}

describe("--require-final-newline", () => {
  const database = useDatabase(sqlite);

  test.each<[string, string, string | Uint8Array, number]>([
    ["CSV with line feeds", "in.csv", csv(3), 0],
    ["CSV cut", "in.csv", csv(3).slice(0, -1), 4],
    ["CSV with CRLF", "in.csv", csv(3).replaceAll("\n", "\r\n"), 0],
    ["CSV cut between CR and LF", "in.csv", csv(3).replaceAll("\n", "\r\n").slice(0, -1), 4],
    ["CSV with CR", "in.csv", csv(3).replaceAll("\n", "\r"), 0],
    ["CSV with CR, cut", "in.csv", csv(3).replaceAll("\n", "\r").slice(0, -1), 4],
    ["a header that is cut", "in.csv", "k,n", 4],
    ["TSV", "in.tsv", csv(3).replaceAll(",", "\t"), 0],
    ["TSV cut", "in.tsv", csv(3).replaceAll(",", "\t").slice(0, -1), 4],
    ["NDJSON", "in.ndjson", '{"k":1}\n{"k":2}\n', 0],
    ["NDJSON cut", "in.ndjson", '{"k":1}\n{"k":2}', 4],
    ["NDJSON that ends in a blank line", "in.ndjson", '{"k":1}\n\n', 0],
    ["an array", "in.json", '[{"k":1}]', 0],
    ["UTF-16", "in.csv", utf16(csv(3)), 0],
    ["UTF-16 cut", "in.csv", utf16(csv(3).slice(0, -1)), 4],
    ["compressed CSV", "in.csv.gz", gzipSync(csv(90_000)), 0],
    ["compressed CSV cut before", "in.csv.gz", gzipSync(csv(90_000).slice(0, -1)), 4],
    ["an empty file", "in.csv", "", 0],
    ["a byte order mark alone", "in.csv", "\ufeff", 0],
  ])("%s", async (_, name, bytes, exit) => {
    const flags = ["--require-final-newline"];

    const tried = await attempt(database, { files: { [name]: bytes } }, flags);

    expect(tried.exit, tried.output).toBe(exit);
    expect(tried.code).toBe(exit === 0 ? undefined : "SOURCE_INCOMPLETE");
    expect(tried.keys).toHaveLength(exit === 0 ? tried.read : 0);
  });

  test("is asked of every source", async () => {
    const files = { "a.csv": csv(5).slice(0, -1), "b.csv": "k,n,s\n7,1,x\n" };
    const parts = ["--commit", "2", "-b", "2"];

    const tried = await attempt(database, { files }, ["--require-final-newline", ...parts]);

    expect(tried, tried.output).toMatchObject({ exit: 4, code: "SOURCE_INCOMPLETE" });
    expect(tried.output).toContain("a.csv seems to be cut short");
    expect(tried.keys).toEqual([0, 1]);
  });

  test("is asked of what a limit leaves", async () => {
    const input = csv(90_000).slice(0, -1);

    const tried = await attempt(database, { files: { "in.csv": input } }, [
      "--require-final-newline",
      "--limit",
      "3",
    ]);

    expect(tried, tried.output).toMatchObject({ exit: 4, code: "SOURCE_INCOMPLETE", keys: [] });
  });
});

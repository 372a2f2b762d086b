/** `upsurge split` at the shell: what it writes and says, what it refuses, and what it leaves when it is cut short. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { delimiter, join } from "node:path";
import * as zlib from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { openPostgres } from "../helpers/postgres-database.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { BIN, spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";

const run = async (line: string, cwd: string, stdin = ""): Promise<RunResult> =>
  await runUpsurge(line.split(" "), { cwd, stdin });

const CLICKS = `page,hits\n${Array.from({ length: 90 }, (_, at) => `/${at % 30},${at}\n`).join("")}`;
const SPLIT = "split in.csv --key page --shards 3 --out pieces";

describe("a split", () => {
  test("tells how even the pieces are, and how they are loaded", async () => {
    const cwd = tempDir({ "in.csv": CLICKS });

    const { exitCode, stdout } = await run(SPLIT, cwd);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^split 90 records into 3 pieces in pieces: 620 B, [\d.]+ s\n/);
    expect(stdout).toMatch(/\n\d+ to \d+ records each, at most 1\.\d\d times the mean\n/);
    expect(stdout).toContain(
      `load them all with:\n  seq 0 2 | xargs -P 3 -I{} upsurge 'pieces/piece-{}.csv' --format csv --piece --to "$DATABASE_URL" --table in --key page --job 'in-{}'\n`,
    );
  });

  test("has an index with the hash and the number of records of every file", async () => {
    const cwd = tempDir({ "in.csv": CLICKS });
    const sha256 = (path: string): string =>
      createHash("sha256")
        .update(readFileSync(join(cwd, path)))
        .digest("hex");

    await run(`${SPLIT} --delimiter , -q`, cwd);

    const index = JSON.parse(readFileSync(join(cwd, "pieces/index.json"), "utf8")) as object;
    const pieces = [0, 1, 2].map((piece) => {
      const file = `piece-${piece}.csv`;
      const text = readFileSync(join(cwd, "pieces", file), "utf8");
      const records = text.trimEnd().split("\n").length - 1;
      const bytes = text.length;
      return {
        piece,
        records,
        files: [{ file, format: "csv", records, bytes, sha256: sha256(`pieces/${file}`) }],
      };
    });
    const source = {
      name: "in.csv",
      format: "csv",
      records: 90,
      bytes: CLICKS.length,
      sha256: sha256("in.csv"),
    };
    expect(index).toMatchObject({ version: 1, key: ["page"], shards: 3, compress: "none" });
    expect(index).toMatchObject({ flags: ["--delimiter ,"], sources: [source], pieces });
    expect(pieces.reduce((sum, { records }) => sum + records, 0)).toBe(90);
  });

  test("--compress none writes what split writes without it", async () => {
    const cwd = tempDir({ "in.csv": CLICKS });

    await run(SPLIT, cwd);
    const named = await run(`${SPLIT}2 --compress none`, cwd);

    expect(named.exitCode).toBe(0);
    const [plain, none] = ["pieces", "pieces2"].map((folder) =>
      readFileSync(join(cwd, folder, "piece-1.csv"), "utf8"),
    );
    expect(none).toBe(plain);
  });

  test("--compress gzip and zstd write what can be loaded, zstd where Node has it", async () => {
    const cwd = tempDir({ "in.csv": CLICKS });

    const gzip = await run(`${SPLIT} --compress gzip`, cwd);
    const zstd = await run(`${SPLIT}2 --compress zstd`, cwd);

    expect(gzip.exitCode).toBe(0);
    const loaded = await run("inspect pieces/piece-1.csv.gz --json", cwd);
    expect(JSON.parse(loaded.stdout)).toMatchObject({ compression: "gzip", complete: true });
    if ("createZstdCompress" in zlib) {
      const inspected = await run("inspect pieces2/piece-1.csv.zst --json", cwd);
      expect(JSON.parse(inspected.stdout)).toMatchObject({ compression: "zstd", complete: true });
    } else {
      expect(zstd.stderr).toContain("fix:   pass --compress gzip, or use Node 22.15 or later");
      expect(existsSync(join(cwd, "pieces2"))).toBe(false);
    }
  });
});

describe("what pieces are made of", () => {
  test("sources that begin otherwise have files of their own, to be loaded in their order", async () => {
    const cwd = tempDir({
      "a.csv": "k,n\n1,1\n2,2\n",
      "b.csv": "n,k\n3,1\n",
      "c.csv": "n,k\n4,2\n",
      "d.csv": "k,n\n1,5",
    });

    const { stdout } = await run(
      "split a.csv b.csv c.csv d.csv --key K --shards 1 --out p --json",
      cwd,
    );

    const { pieces } = JSON.parse(stdout) as { pieces: { files: { file: string }[] }[] };
    const names = pieces[0]?.files.map(({ file }) => file) ?? [];
    expect(names).toEqual(["piece-0.csv", "piece-0.2.csv", "piece-0.3.csv"]);
    expect(names.map((name) => readFileSync(join(cwd, "p", name), "utf8"))).toEqual([
      "k,n\n1,1\n2,2\n",
      "n,k\n3,1\n4,2\n",
      "k,n\n1,5",
    ]);
  });

  test("standard input, UTF-16 and elements of a document are kept as they are", async () => {
    const text = `\uFEFF${JSON.stringify({ data: [{ k: 1, s: "ü" }, 5, [], { k: "01" }] })}`;
    const cwd = tempDir({ "in.json": Buffer.from(text, "utf16le") });
    const piped = await run(
      "split - --format ndjson --key a.b --shards 1 --out n",
      cwd,
      '{"a":{"b":1}}\n[]\n',
    );

    const { stdout } = await run("split in.json --key k --records /data --shards 1 --out p", cwd);

    expect(piped.exitCode).toBe(0);
    expect(readFileSync(join(cwd, "n/piece-0.ndjson"), "utf8")).toBe('{"a":{"b":1}}\n[]\n');
    expect(stdout).toContain("2 records cannot be read: the load of a piece rejects what is in it");
    expect(stdout).toContain("--format json --records /data --piece");
    expect(readFileSync(join(cwd, "p/piece-0.json"), "utf16le")).toBe(
      '\uFEFF[\n{"k":1,"s":"ü"},\n5,\n[],\n{"k":"01"}\n]\n',
    );
  });

  test("pieces can be read by nobody who could not read the source", async () => {
    const cwd = tempDir({ "in.csv": CLICKS });
    chmodSync(join(cwd, "in.csv"), 0o600);

    await run(SPLIT, cwd);

    const modes = readdirSync(join(cwd, "pieces")).map(
      (name) => statSync(join(cwd, "pieces", name)).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600, 0o600, 0o600]);
  });
});

describe("what cannot be split", () => {
  test("names everything that is missing at once", async () => {
    const { exitCode, stderr } = await run("split in.csv", tempDir());

    expect(exitCode).toBe(2);
    expect(stderr).toContain("--key, --shards and --out are missing");
    expect(stderr).toContain(
      "for example: upsurge split in.csv --key page --shards 8 --out pieces",
    );
  });

  test.each([
    [
      "two ways to spell a date",
      "k\n2024-01-02\n1/2/2024\n",
      /spelled in two ways, ISO 8601 and day, month and year \(first in record 2 /,
    ],
    [
      "a number that may be a date",
      "k\n990108\n1999-01-08\n",
      /a number that may be a date and ISO 8601/,
    ],
    [
      "times with and without a zone",
      "k\n2024-01-02 10:00\n2024-01-02T09:00Z\n",
      /ISO 8601 and ISO 8601 in UTC/,
    ],
    [
      "a record that is too large",
      `k\n${"x".repeat(5000)}\n`,
      /record 1 is larger than --max-record-bytes/,
    ],
    ["a field that is not there", "page\n1\n", /no field k in in\.csv/],
    ["a quote that is not closed", 'k\n"1\n', /quote/],
  ])("%s: nothing is left", async (_, text, said) => {
    const cwd = tempDir({ "in.csv": text });

    const line = "split in.csv --key k --shards 2 --out p --max-record-bytes 4KiB";
    const { exitCode, stderr } = await run(line, cwd);

    expect([2, 4]).toContain(exitCode);
    expect(stderr).toMatch(said);
    expect(existsSync(join(cwd, "p"))).toBe(false);
  });

  test("a key that no record of JSON has", async () => {
    const cwd = tempDir({ "in.ndjson": '{"a":1}\n' });

    const { exitCode, stderr } = await run("split in.ndjson --key k --shards 2 --out p", cwd);

    expect(exitCode).toBe(2);
    expect(stderr).toContain("error: no field k in in.ndjson  SPLIT_KEY");
  });

  test("a name that two fields have is no key, and the fix is typed as it says", async () => {
    const cwd = tempDir({ "in.csv": "k,k,n\n1,2,3\n" });

    const twice = await run("split in.csv --key k --shards 2 --out p", cwd);
    const named = "split in.csv --key a --columns a,b,n --header --shards 2 --out p";
    const { exitCode } = await run(named, cwd);
    const other = await run("split in.csv --key m --shards 2 --out q", cwd);

    expect(twice.stderr).toContain(
      "cause: fields 1 and 2 of its header are both called k, so that a key cannot name one of them",
    );
    expect(twice.stderr).toContain("name all fields with --columns, each once, and pass over the");
    expect(other.stderr).toContain("they have k (field 1), k (field 2), n");
    expect([twice.exitCode, exitCode]).toEqual([2, 0]);
  });

  test("a folder that holds something is left as it is", async () => {
    const cwd = tempDir({ "in.csv": CLICKS, file: "x" });
    mkdirSync(join(cwd, "pieces"));
    writeFileSync(join(cwd, "pieces/other"), "x");

    const full = await run(SPLIT, cwd);
    const file = await run("split in.csv --key page --shards 3 --out file", cwd);
    writeFileSync(join(cwd, ".piece-0.csv.part"), "");
    mkdirSync(join(cwd, "cut"));
    writeFileSync(join(cwd, "cut/.piece-0.csv.part"), "");
    const cut = await run("split in.csv --key page --shards 3 --out cut", cwd);

    const deep = await run("split in.csv --key page --shards 3 --out no/such", cwd);

    expect([full, file, cut, deep].map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 2]);
    expect(deep.stderr).toContain("fix:   make it first: mkdir -p no");
    expect(full.stderr).toContain(
      "fix:   pass --out pieces-2, or another folder that is new or empty",
    );
    expect(file.stderr).toContain("it is not a folder, or a part of its path is none");
    expect(cut.stderr).toContain(
      "fix:   remove them once no split is running: rm cut/.*.part; or pass --out cut-2",
    );
    expect(readdirSync(join(cwd, "pieces"))).toEqual(["other"]);
  });
});

describe("a split that is cut short", () => {
  test("by a signal leaves nothing, and says so", async () => {
    const cwd = tempDir();
    const { child, ended } = spawnUpsurge(
      ["split", "-", "--format", "csv", "--key", "k", "--shards", "2", "--out", "p", "--json"],
      cwd,
    );
    child.stdin.write(`k\n${"1\n2\n".repeat(300_000)}`);
    await until("the pieces", () => existsSync(join(cwd, "p/.piece-1.csv.part")));
    child.kill("SIGTERM");

    const { exitCode, stdout, stderr } = await ended;
    expect(exitCode).toBe(143);
    expect(stderr).toContain("SIGTERM: the split has stopped, and left nothing in p");
    expect(JSON.parse(stdout)).toEqual({ status: "interrupted", exit: 143, out: "p" });
    expect(existsSync(join(cwd, "p"))).toBe(false);
  });

  test.each([
    ["its folder is made", "p"],
    ["its files are begun", "p/.piece-3.csv.part"],
    ["its last file is begun", "p/.piece-199.csv.part"],
  ])("by a signal when %s leaves nothing", async (_, path) => {
    const cwd = tempDir();
    const words = "split - --format csv --key k --shards 200 --out p --json".split(" ");
    const { child, ended } = spawnUpsurge(words, cwd);
    child.stdin.write(`k\n${"1\n2\n".repeat(300_000)}`);
    await until("the moment", () => existsSync(join(cwd, path)));
    child.kill("SIGTERM");

    const { exitCode, stdout } = await ended;
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([143, { status: "interrupted" }]);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("by a signal when files get their names it is whole, or nothing is left", async () => {
    const cwd = tempDir({ "in.csv": `k\n${"1\n2\n3\n".repeat(100)}` });
    const words = "split in.csv --key k --shards 400 --out p --json".split(" ");
    const { child, ended } = spawnUpsurge(words, cwd);
    await until("the first name", () => existsSync(join(cwd, "p/piece-0.csv")));
    child.kill("SIGTERM");

    const { exitCode } = await ended;
    const left = existsSync(join(cwd, "p")) ? readdirSync(join(cwd, "p")) : [];
    expect([exitCode, left.length]).toEqual(left.length === 0 ? [143, 0] : [0, 401]);
  });

  test("by a file that cannot grow leaves nothing", () => {
    const cwd = tempDir({ "in.csv": `page\n${"x".repeat(2_000_000)}\n` });
    // As on a full disk, a write fails.
    const words = `ulimit -f 64; exec "${process.execPath}" "${BIN}" ${SPLIT}`;

    const { status, stderr } = spawnSync("sh", ["-c", words], { cwd, encoding: "utf8" });

    expect(stderr).toMatch(/error: cannot write pieces\/piece-\d\.csv {2}OUTPUT_FILE/);
    expect(stderr).toContain("nothing of the split is kept");
    expect(status).toBe(6);
    expect(existsSync(join(cwd, "pieces"))).toBe(false);
  });
});

test("the command that it prints loads all pieces at once, and they are one load", async () => {
  const database = await openPostgres();
  onTestFinished(() => database.close());
  await database.exec("create table clicks (page text primary key, hits int)");
  const cwd = tempDir({ "clicks.csv": CLICKS.replaceAll(",", ";") });
  mkdirSync(join(cwd, "bin"));
  writeFileSync(join(cwd, "bin/upsurge"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
  chmodSync(join(cwd, "bin/upsurge"), 0o755);
  const { stdout } = await run("split clicks.csv --delimiter ; --key page --shards 4 --out p", cwd);
  const [, command = ""] = /load them all with:\n {2}(.*)\n$/.exec(stdout) ?? [];
  const env = {
    PATH: [join(cwd, "bin"), process.env["PATH"]].join(delimiter),
    DATABASE_URL: database.url,
  };

  const {
    status,
    stdout: said,
    stderr,
  } = spawnSync("sh", ["-c", command], { cwd, encoding: "utf8", env });

  expect(status, said + stderr).toBe(0);
  expect(await database.rows("select count(*), sum(hits), min(hits) from clicks")).toEqual([
    ["30", "2235", "60"],
  ]);
});

/** Opening: names, formats, streams, failures, closing. */
import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { expandSources } from "../../../src/sources/expand-sources.ts";
import { openSource } from "../../../src/sources/open-source.ts";
import { tempDir } from "../../helpers/temp-dir.ts";
import { DEFAULTS, drain, errorOf, file, read, readFileSource } from "./support.ts";

test.each([
  ["a.csv", "[x\n", "csv"],
  ["a.tsv", "x\n", "tsv"],
  ["a.TAB", "x\n", "tsv"],
  ["a.ndjson", "", "ndjson"],
  ["a.jsonl", "", "ndjson"],
  ["a.json", ' \n[{"a":1}]', "json"],
  ["b.json", '{"a":1}', "json"],
  ["a.txt", '{"a":1}\n', "ndjson"],
  ["a.dat", '\ufeff [{"a":1}]', "json"],
  ["plain", "a,b\n", "csv"],
  ["empty", "", "csv"],
])("%s with %j is %s", async (name, content, format) => {
  expect((await readFileSource(await file(name, content))).source.format).toBe(format);
  const zipped = await file(`${name}.gz`, gzipSync(content));
  expect((await readFileSource(zipped)).source.format).toBe(format);
});

test("--format wins over the name", async () => {
  const path = await file("really.csv", '{"a":1}\n');
  expect((await readFileSource(path, { format: "ndjson" })).rows).toEqual([["1"]]);
});

test("a regular file can be read again and has a size; a stream cannot", async () => {
  const { source } = await readFileSource(await file("size.csv", "a\n1\n"));
  expect([source.sizeBytes, source.bytesRead, source.rereadable]).toEqual([4, 4, true]);
  const stream = (await read("a\n1\n")).source;
  expect([stream.name, stream.sizeBytes, stream.bytesRead, stream.rereadable]).toEqual([
    "-",
    null,
    4,
    false,
  ]);
});

test("a FIFO is read as a stream", async () => {
  const path = join(dirname(await file("x", "")), "fifo");
  execFileSync("mkfifo", [path]);
  const opening = openSource(path, DEFAULTS);
  createWriteStream(path).end("a\n1\n");
  const { rows, source } = await drain(await opening);
  expect(rows).toEqual([["1"]]);
  expect([source.sizeBytes, source.rereadable]).toEqual([null, false]);
});

async function open(path: string) {
  return errorOf(openSource(path, DEFAULTS));
}

async function* failing() {
  yield Buffer.from("a\n1\n2");
  throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
}

test("what cannot be opened", async () => {
  const folder = dirname(await file("x", ""));
  expect((await open(join(folder, "none.csv"))).code).toBe("SOURCE_NOT_FOUND");
  expect((await open(join(folder, "x", "none.csv"))).code).toBe("SOURCE_NOT_FOUND");
  expect((await open(folder)).code).toBe("SOURCE_IS_DIRECTORY");
});

test("a stream that fails is unreadable, after the records before", async () => {
  const source = await openSource("-", DEFAULTS, { stdin: Readable.from(failing()) });
  const rows: unknown[] = [];
  const error = await errorOf(
    (async () => {
      for await (const chunk of source.chunks()) rows.push(...chunk.records.map((r) => r.values));
    })(),
  );
  expect(rows).toEqual([["1"]]);
  expect(error.code).toBe("SOURCE_UNREADABLE");
  expect(error.why).toContain("EIO");
});

test("close may come at any time and twice", async () => {
  const path = await file("close.csv", `a\n${"1\n".repeat(10_000)}`);
  const unread = await openSource(path, DEFAULTS);
  await unread.close();
  const source = await openSource(path, DEFAULTS);
  let chunks = 0;
  for await (const chunk of source.chunks()) {
    chunks += chunk.records.length > 0 ? 1 : 0;
    await source.close();
    await source.close();
  }
  expect(chunks).toBe(1);
  const broken = await openSource(path, DEFAULTS);
  for await (const chunk of broken.chunks()) if (chunk.records.length > 0) break;
  await broken.close();
});

test("patterns are expanded in order, each sorted", async () => {
  const folder = join(dirname(await file("x", "")), "glob");
  await mkdir(folder);
  for (const name of ["b.csv", "a.csv", "B.csv", "c.tsv", "[1].csv"]) {
    await file(join("glob", name), "a\n");
  }
  const names = async (...patterns: string[]) =>
    (
      await expandSources(
        patterns.map((pattern) => (pattern === "-" ? "-" : join(folder, pattern))),
      )
    ).map((path) => path.replace(`${folder}/`, ""));
  expect(await names("c.tsv", "?.csv", "-")).toEqual(["c.tsv", "B.csv", "a.csv", "b.csv", "-"]);
  expect(await names("[1].csv")).toEqual(["[1].csv"]);
  expect((await errorOf(names("*.xml"))).code).toBe("SOURCE_NOT_FOUND");
  expect((await errorOf(names("none.csv"))).code).toBe("SOURCE_NOT_FOUND");
  expect((await errorOf(names("."))).code).toBe("SOURCE_IS_DIRECTORY");
});

test("an empty name is told as one, and is no folder", async () => {
  const { code, message } = await errorOf(expandSources([""], tempDir()));
  expect([code, message]).toEqual(["SOURCE_NOT_FOUND", "no file ''"]);
});

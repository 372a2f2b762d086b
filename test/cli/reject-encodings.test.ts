/** A reject file has the encoding of its sources throughout, and is loaded again with the same flags. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { iconv } from "../../src/read/text/iconv.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const TABLE = "create table t (id integer primary key, v text";

/** A letter whose last byte is that of a line end there, and what the sources are in. */
const ENCODINGS = [
  ["utf-16le", "ਅ", true],
  ["utf-16be", "č", true],
  ["utf-16le", "ऍ", false],
  ["utf-32le", "č", false],
  ["utf-32be", "č", false],
  ["utf-32", "č", false],
  ["shift_jis", "あ", false],
] as const;

test.each(ENCODINGS)("%s, %s, with a mark: %s", async (encoding, letter, addBOM) => {
  const encode = (text: string): Buffer => iconv().encode(text, encoding, { addBOM });
  const cwd = tempDir({
    "a.csv": encode(`id,v\n1,x\n2,${letter}`),
    "b.csv": encode(`id,v\n3,x\n4,y\n5,${letter}`),
  });
  const db = new Database(join(cwd, "t.db"));
  db.exec(`${TABLE} check (v = 'x'))`);
  const flags = ["--to", "t.db", "--table", "t", "--encoding", encoding];
  const rejects = ["--max-rejects", "9", "--reject-file", "r.csv"];
  const loaded = await runUpsurge(["a.csv", "b.csv", ...flags, ...rejects], { cwd });
  db.exec(`drop table t; ${TABLE})`);
  const again = await runUpsurge(["r.csv", ...flags], { cwd });

  expect([loaded.exitCode, again.exitCode], loaded.stderr + again.stderr).toEqual([3, 0]);
  expect(db.prepare("select id, v from t order by id").raw().all()).toEqual([
    [2, letter],
    [4, "y"],
    [5, letter],
  ]);
  db.close();
});

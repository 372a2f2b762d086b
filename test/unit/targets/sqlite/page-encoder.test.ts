/** Rows that are encoded ahead are those that a page takes one by one, and what needs another look is left to the writer. */
import { describe, expect, test } from "vitest";
import type { EncodedBytes } from "../../../../src/model/encoded.ts";
import type { PackedFields } from "../../../../src/model/packed.ts";
import { loadBetterSqlite3 } from "../../../../src/targets/sqlite/connect/better-sqlite3.ts";
import { encoderOf } from "../../../../src/targets/sqlite/stage/page-encoder.ts";
import type { PageEncoding } from "../../../../src/targets/sqlite/stage/page-encoder.ts";
import { PAGED_ROWS, PageFile } from "../../../../src/targets/sqlite/stage/page-file.ts";
import { RowPage } from "../../../../src/targets/sqlite/stage/row-page.ts";
import { tempDir } from "../../../helpers/temp-dir.ts";

/** The records of a source with these fields, no text of which has a comma. */
function fieldsOf(names: readonly string[], records: readonly string[]): PackedFields {
  const texts = records.flatMap((record) => record.split(","));
  const bytes = Buffer.from(texts.join(""));
  const offsets = new Int32Array(2 * texts.length);
  let at = 0;
  for (const [place, text] of texts.entries()) {
    offsets[2 * place] = at;
    at += Buffer.byteLength(text);
    offsets[2 * place + 1] = at;
  }
  const { length } = bytes;
  const shape = { fields: names };
  return { shape, bytes, offsets, records: records.length, length, quote: 34, kinds: null };
}

/** Into a table `(k integer primary key, n numeric, s text)`. */
const ENCODING: PageEncoding = {
  fields: ["k", "n", "s"],
  columns: [0, 1, 2].map((field) => ({ field, constant: null })),
  bound: [
    { name: "k", affinity: "integer", type: "integer", isBytes: false, promised: "number" },
    { name: "n", affinity: "numeric", type: "numeric", isBytes: false, promised: "number" },
    { name: "s", affinity: "text", type: "text", isBytes: false, promised: null },
  ],
  typed: true,
  integer: 0,
};

function encode(
  records: readonly string[],
  encoding = ENCODING,
  most = records.length,
): EncodedBytes {
  const fields = fieldsOf(["k", "n", "s"], records);
  const encoded = encoderOf(structuredClone(encoding))(fields, most);
  if (encoded === null) throw new Error("the fields are others");
  return encoded;
}

/** Which of the records were encoded. */
function encodedOf(records: readonly string[], encoding = ENCODING): boolean[] {
  const { starts, ends } = encode(records, encoding);
  return records.map((_, at) => starts[at] !== ends[at]);
}

describe("records that are encoded ahead", () => {
  test("are the rows of a page, in a sound database, with numbers of any size", async () => {
    const driver = await loadBetterSqlite3();
    const db = driver.openFile(`${tempDir()}/a.db`, { readonly: false, create: true });
    db.exec("create table t (a); begin immediate");
    const file = PageFile.open(db, 3);
    if (file === null) throw new Error("there is no page");
    const texts = ["", "é", "x".repeat(200), "y".repeat(20_000)];
    const records = texts.map((text, at) => `${at},${at}.5,${text}`);
    const encoded = encode(records);
    for (const first of [1, 127, 128, 2 ** 28 - 2, 2 ** 32, 2 ** 35 - 4]) {
      file.page.clear();
      file.page.first = first;
      expect(file.page.addCells(encoded, 1, 3)).toBe(2);
      expect(file.page.addCells(encoded, 3, 4)).toBe(1);
      expect(file.write()).toBe(true);
      const rows = db.prepare(`select rowid as id, c0, c1, c2 from ${PAGED_ROWS}`).all();
      expect(rows).toEqual(
        [1, 2, 3].map((at) => ({ id: first + at - 1, c0: at, c1: at + 0.5, c2: texts[at] })),
      );
      expect(db.prepare("pragma upsurge_page.integrity_check").all()).toEqual([
        { integrity_check: "ok" },
      ]);
    }
    file.close();
    db.close();
  });

  test("go into a page up to a row that has no room", () => {
    const page = new RowPage();
    const encoded = encode(Array.from({ length: 100 }, (_, at) => `${at},1,${"x".repeat(1000)}`));
    const taken = page.addCells(encoded, 0, 100);
    expect(taken).toBe(Math.floor((65_536 - 8) / (1000 + 2 + 5 + 5 + 1 + 2)));
    expect(page.addCells(encoded, taken, 100)).toBe(0);
    page.clear();
    expect(page.addCells(encoded, taken, 100)).toBe(100 - taken);
  });

  test.each([
    ["a misfit", "2,odd,x"],
    ["a number that SQLite does not hold", "2,1e999,x"],
    ["a row that is too long for a page", `2,1,${"x".repeat(65_536)}`],
    ["a rowid that is no integer", "2.5,1,x"],
  ])("are not %s: the writer takes it", (_, odd) => {
    expect(encodedOf(["1,1,x", odd, "3,3,x"])).toEqual([true, false, true]);
  });

  test("are those with a key of any kind where the key is no rowid", () => {
    expect(encodedOf(["2.5,1,x"], { ...ENCODING, integer: -1 })).toEqual([true]);
  });

  test("have the fields that were asked for", () => {
    expect(encoderOf(ENCODING)(fieldsOf(["n", "k", "s"], ["1,1,x"]), 1)).toBe(null);
  });

  test("are so many as were asked for", () => {
    const { starts, ends } = encode(["1,1,x", "2,2,y", "3,3,z"], ENCODING, 2);
    expect([...ends].map((end, at) => end > (starts[at] ?? 0))).toEqual([true, true, false]);
  });
});

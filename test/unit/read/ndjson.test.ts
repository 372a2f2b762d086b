/** NDJSON: values as they are, and the records that are refused. */
import { expect, test } from "vitest";
import { read } from "./support.ts";

const NDJSON = { format: "ndjson" } as const;

test("numbers keep their literal, nested values their text", async () => {
  const { records } = await read(
    '{"n":9007199254740993,"d":1.10,"e":1e400,"t":true,"z":null,"s":"a\\u00e9\\n","o":{"x": [1.0]},"l":[]}\n',
    NDJSON,
  );
  expect(records[0]?.shape.fields).toEqual(["n", "d", "e", "t", "z", "s", "o", "l"]);
  expect(records[0]?.values).toEqual([
    "9007199254740993",
    "1.10",
    "1e400",
    "true",
    null,
    "aé\n",
    '{"x": [1.0]}',
    "[]",
  ]);
  expect(records[0]?.kinds).toEqual([
    "number",
    "number",
    "number",
    "boolean",
    "text",
    "text",
    "json",
    "json",
  ]);
});

test("records with the same names in the same order share one shape, and every record tells its kinds", async () => {
  const { records, source } = await read(
    '{"a":"1","b":"2"}\n{"b":"1"}\n{"a":"","b":null}\n{"b":"1","a":"2"}\n',
    NDJSON,
  );
  expect(records[0]?.shape).toBe(records[2]?.shape);
  expect(records[3]?.shape.fields).toEqual(["b", "a"]);
  expect(records.map(({ kinds }) => kinds?.length)).toEqual([2, 1, 2, 2]);
  expect(records[2]?.values).toEqual(["", null]);
  expect(source.fields).toBeNull();
});

test("of a name that is there twice the last value wins", async () => {
  const { records } = await read('{"a":1,"b":2,"a":"x"}\n{"a":1,"b":2,"a":"y"}', NDJSON);
  expect(records.map(({ shape, values, kinds }) => [shape.fields, values, kinds])).toEqual([
    [
      ["a", "b"],
      ["x", "2"],
      ["text", "number"],
    ],
    [
      ["a", "b"],
      ["y", "2"],
      ["text", "number"],
    ],
  ]);
});

test("--empty null, --keep-empty and --null mean strings, only when given", async () => {
  const line = '{"a":"","b":"","c":"NA","d":0}\n';
  const options = { ...NDJSON, empty: "null", keepEmpty: ["b"], nullTokens: ["NA", "0"] } as const;
  expect((await read(line, options)).rows).toEqual([[null, "", null, "0"]]);
  expect((await read(line, NDJSON)).rows).toEqual([["", "", "NA", "0"]]);
});

test("a byte order mark, CRLF, blank lines and a missing last line end", async () => {
  const { rows } = await read('\ufeff{"a":1}\r\n \t\r\n\n{"a":2}', NDJSON);
  expect(rows).toEqual([["1"], ["2"]]);
});

test.each([
  ['{"a":1', "ROW_JSON", /ends too early, at character 7/],
  ['{"a":01}', "ROW_JSON", /"1" is unexpected at character 7/],
  ["{'a':1}", "ROW_JSON", /"'" is unexpected at character 2/],
  ['{"a":tru}', "ROW_JSON", /at character 9/],
  ['{"a":1}{"b":2}', "ROW_JSON", /at character 8/],
  ['{"a":"\t"}', "ROW_JSON", /at character 7/],
  ["[1]", "ROW_NOT_OBJECT", /not an object/],
  ["12", "ROW_NOT_OBJECT", /not an object/],
  ['{"a\\u0000":1}', "ROW_NUL", /U\+0000/],
  ['{"a":"\0"}', "ROW_NUL", /NUL/],
  ['{"a":"\\ud83d"}', "ROW_SURROGATE", /surrogate/],
  ['{"a":[{"\\ude00":1}]}', "ROW_SURROGATE", /surrogate/],
  [`{"a":${"[".repeat(256)}${"]".repeat(256)}}`, "ROW_TOO_DEEP", /256/],
  [`{"a":${"[".repeat(1_000_000)}`, "ROW_TOO_DEEP", /256/],
])("rejects %.30j", async (line, code, message) => {
  const { rejects, rows } = await read(`${line}\n{"ok":1}\n`, NDJSON);
  expect(rejects.map((reject) => reject.code)).toEqual([code]);
  expect(rejects[0]?.message).toMatch(message);
  expect(rejects[0]?.stage).toBe("read");
  expect(Buffer.from(rejects[0]?.raw ?? []).toString()).toBe(`${line}\n`);
  expect(rows).toEqual([["1"]]);
});

test("depth 256 is allowed", async () => {
  const { rows } = await read(`{"a":${"[".repeat(255)}${"]".repeat(255)}}`, NDJSON);
  expect(rows).toHaveLength(1);
});

test("invalid UTF-8 is a reject and moves nothing", async () => {
  const { rejects, records } = await read(
    Buffer.from('{"a":"\xff"}\n{"a":"\xc3\xa9"}\n', "latin1"),
    NDJSON,
  );
  expect(rejects.map(({ code }) => code)).toEqual(["ROW_ENCODING"]);
  expect(records.map(({ values, position }) => [values, position.record])).toEqual([[["é"], 2]]);
});

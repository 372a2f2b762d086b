/** Laws of the JSON readers: JSON.parse agrees, and how the bytes arrive changes nothing. */
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { jsonMembers } from "../../src/read/json/members.ts";
import { readPieces } from "../unit/read/support.ts";

const valid = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc
    .dictionary(fc.string({ unit: "binary", maxLength: 4 }), fc.jsonValue())
    .map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '{"a":1e400,"b":-0.50,"a":"x"}',
    '{"a":"\\u00e9\\ud83d\\ude00\\n","":[{"b":null}]}',
    ' { "__proto__" : { "x" : [ ] } , "constructor" : true } ',
    '{"a":"\\ud800"}',
    '{"a":{"b":"\\u0000"}}',
  ),
);
const edit = fc.tuple(
  fc.nat(200),
  fc.nat(2),
  fc.constantFrom(
    "",
    "",
    '"',
    ",",
    "{",
    "}",
    "]",
    ":",
    "\\",
    "0",
    "-",
    ".",
    "e",
    "t",
    " ",
    "\n",
    "\u00a0",
    "\\u12",
    "1",
  ),
);
const json = fc.tuple(valid, fc.array(edit, { maxLength: 2 })).map(([text, edits]) =>
  edits.reduce((now, [place, remove, insert]) => {
    const at = place % (now.length + 1);
    return now.slice(0, at) + insert + now.slice(at + remove);
  }, text),
);

function byJsonParse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...texts(inner)]);
}

/** Whether a value as text is what JSON.parse made. */
function same(text: string | null, kind: string, value: unknown): boolean {
  if (text === null) return value === null;
  if (kind === "text") return text === value;
  return isDeepStrictEqual(JSON.parse(text), value);
}

test("a record is accepted when JSON.parse accepts it, with the same values", () => {
  let accepted = 0;
  fc.assert(
    fc.property(json, (text) => {
      // No bytes decode to half a surrogate pair.
      fc.pre(text.isWellFormed());
      const expected = byJsonParse(text);
      const found = jsonMembers(text);
      if ("code" in found) {
        if (found.code === "ROW_JSON") expect(expected).toBeNull();
        else if (found.code === "ROW_NOT_OBJECT") expect(/^\s*\{/.test(text)).toBe(false);
        else if (found.code === "ROW_SURROGATE") {
          // A name that is there twice hides the first value from JSON.parse.
          expect(/\\u[dD]/.test(text)).toBe(true);
        } else {
          expect(found.code).toBe("ROW_NUL");
          expect(/\\u0000|\0/.test(text)).toBe(true);
        }
        return;
      }
      accepted += 1;
      const value = expected?.value as Record<string, unknown>;
      expect(new Set(found.names)).toEqual(new Set(Object.keys(value)));
      found.names.forEach((name, index) => {
        if (found.names.lastIndexOf(name) !== index) return;
        const text = found.values[index] ?? null;
        expect(same(text, found.kinds[index] ?? "", value[name])).toBe(true);
      });
      for (const inner of texts(value)) {
        expect(inner.isWellFormed()).toBe(true);
      }
    }),
    { numRuns: 4000 },
  );
  expect(accepted).toBeGreaterThan(300);
});

const element = fc.oneof(
  fc
    .dictionary(fc.constantFrom("a", "b", "é", "]}"), fc.jsonValue(), { maxKeys: 3 })
    .map((value) => JSON.stringify(value, null, 1)),
  fc.constantFrom("1", '"x]"', "null", '{"a":tru}', "[1,[2]]", '{"\\"":"\\\\"}'),
);
const arrayText = fc
  .tuple(
    fc.array(element, { maxLength: 6 }),
    fc.constantFrom("", " ", "\n"),
    fc.constantFrom("]", "] ", "", "]x", ",]"),
  )
  .map(([elements, space, end]) => `${space}[${elements.join(`${space},${space}`)}${end}`);
const sequence = fc.array(element, { maxLength: 6 }).map((elements) => elements.join("\n"));

async function outcome(pieces: Buffer[], format: "json" | "ndjson", blockBytes: number) {
  const options = { format, maxRecordBytes: 40 };
  try {
    const io = { blockBytes, firstBytes: blockBytes };
    const { records, rejects } = await readPieces(pieces, options, io);
    return { records, rejects };
  } catch (error) {
    return String(error);
  }
}

test("how the bytes are cut changes nothing in JSON and NDJSON", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(arrayText, sequence, json),
      fc.constantFrom("json" as const, "ndjson" as const),
      fc.array(fc.nat(200), { maxLength: 8 }),
      fc.constantFrom(1, 5, 64),
      async (text, format, places, blockBytes) => {
        const bytes = Buffer.from(text);
        const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length];
        const sorted = ends.toSorted((a, b) => a - b);
        const pieces = sorted.map((end, index) => bytes.subarray(sorted[index - 1] ?? 0, end));
        expect(await outcome(pieces, format, blockBytes)).toEqual(
          await outcome([bytes], format, 1024),
        );
      },
    ),
    { numRuns: 600 },
  );
});

test("a valid array of objects gives its elements", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), async (values) => {
      const text = JSON.stringify(values, null, 1);
      const { records, rejects } = await readPieces([Buffer.from(text)], { format: "json" });
      const elements = JSON.parse(text) as unknown[];
      expect(records.length + rejects.length).toBe(elements.length);
      for (const { raw, position } of records) {
        expect(JSON.parse(Buffer.from(raw).toString())).toEqual(elements[position.record - 1]);
      }
    }),
    { numRuns: 200 },
  );
});

/** What is NULL in a CSV: --empty, --keep-empty and --null. */
import { expect, test } from "vitest";
import { read } from "./support.ts";

const EMPTIES = 'a,b,c\n,"",x\n';

test("--empty auto: an unquoted empty field is NULL, a quoted one an empty string", async () => {
  expect((await read(EMPTIES)).rows).toEqual([[null, "", "x"]]);
});

test("--empty null and --empty string", async () => {
  expect((await read(EMPTIES, { empty: "null" })).rows).toEqual([[null, null, "x"]]);
  expect((await read(EMPTIES, { empty: "string" })).rows).toEqual([["", "", "x"]]);
});

test("--keep-empty takes the empty values of its fields as empty strings", async () => {
  const options = { empty: "null", keepEmpty: ["a"] } as const;
  expect((await read(EMPTIES, options)).rows).toEqual([["", null, "x"]]);
});

test("--null: unquoted fields equal to a token, as in the OpenFlights files", async () => {
  const { rows } = await read('1,"Goroka",\\N,"\\N",NULL\n', {
    header: false,
    nullTokens: ["\\N", "NULL"],
  });
  expect(rows).toEqual([["1", "Goroka", null, "\\N", null]]);
});

test("a token is compared after --trim", async () => {
  expect((await read("a,b\n 1 , NA \n", { trim: true, nullTokens: ["NA"] })).rows).toEqual([
    ["1", null],
  ]);
});

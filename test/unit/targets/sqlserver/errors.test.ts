import { describe, expect, test } from "vitest";
import { UpsurgeError } from "../../../../src/errors/upsurge-error.ts";
import {
  classifyNumber,
  placeOfError,
  rowCode,
  SqlServerError,
  serverErrorOf,
  translateError,
} from "../../../../src/targets/sqlserver/errors.ts";
import { isRowNumberSql, NUMBER_PAGES } from "../../../../src/targets/sqlserver/error-numbers.ts";
import { column, uniqueKey } from "../../../helpers/shapes.ts";
import { tsqlTable } from "../../../support/grammar/tables.ts";

describe("the class of an error", () => {
  test.each([
    [[235, 241, 245, 257, 293, 295, 8114, 8169, 9400], "row"],
    [[220, 232, 242, 244, 248, 517, 8115], "row"],
    [[511, 1946, 2628, 8152, 515, 547, 550, 2601, 2627], "row"],
    [[537, 3609, 3616, 8134, 13535, 33504, 50_000, 51_000, 2_147_483_647], "row"],
    // A rule of a column; a schema collection of an xml column, from its first number to its last.
    [[513, 6900, 6913, 6926, 6965, 6999], "row"],
    [[8672], "repeat"],
    // Locks and versions of rows.
    [[1203, 1204, 1205, 1221, 1222, 3957, 3960, 3966], "transient"],
    // The server has too much to do, too little memory, or no space left: no row's fault.
    [[701, 8628, 8645, 8651, 10_922, 10_928, 10_929, 10_936, 1101, 1105, 9002], "transient"],
    [[1132, 40_544, 1807, 3935, 9515, 14_355, 17_197], "transient"],
    // The server has lost sight of an object of its own for a while.
    [[615, 617, 669], "transient"],
    // The session was killed, the server shuts down, is moved, or only a copy.
    [[596, 6005, 3906, 4060, 40_143, 40_197, 40_501, 40_540, 40_613], "transient"],
    [[4221, 40_020, 40_166, 42_108, 42_109], "transient"],
    [[49_510, 49_918, 49_919, 49_920, 49_977, 49_983], "transient"],
    // A session that took more than its share of Azure SQL.
    [[40_550, 40_551, 40_552, 40_553], "transient"],
    // The network.
    [[64, 233, 997, 10_053, 10_054, 10_060], "transient"],
    [[6899, 7000, 40_549, 40_554], "fatal"],
    [[102, 137, 156, 207, 208, 229, 334, 468, 544, 8102, 8623, 10713], "fatal"],
    // The checksum of a page, an assertion, a login.
    [[823, 824, 825, 3624, 18_456], "fatal"],
  ])("%j: %s", (numbers, kind) => {
    expect(numbers.map(classifyNumber)).toEqual(numbers.map(() => kind));
  });

  test("in SQL takes the same numbers as a row's", () => {
    const parts = isRowNumberSql("@number").slice(1, -1).split(" OR ");
    const taken = (number: number): boolean =>
      parts.some((part) => {
        const [least = "", most = "", ...others] = part.match(/\d+/g)?.map(Number) ?? [];
        if (part.includes(" IN (")) return [least, most, ...others].includes(number);
        return number >= Number(least) && (part.includes(">=") || number <= Number(most));
      });
    const numbers = Array.from({ length: 51_000 }, (_, number) => number);
    const rows = numbers.filter((number) => ["row", "repeat"].includes(classifyNumber(number)));
    expect(numbers.filter(taken)).toEqual(rows);
    expect(rows.length).toBeGreaterThan(1125);
  });

  test("is in one place, under the page that lists it", () => {
    const listed = NUMBER_PAGES.flatMap(({ source, numbers }) =>
      Object.values(numbers).flatMap((each) =>
        each
          .flatMap((number) => (typeof number === "number" ? number : [...number]))
          .map((number) => ({ source, number })),
      ),
    );
    expect(new Set(listed.map(({ number }) => number)).size).toBe(listed.length);
    const misplaced = listed.filter(({ source, number }) => {
      const [, first, last] = /-(\d+)-to-(\d+)$/.exec(source) ?? [];
      return first !== undefined && (number < Number(first) || number > Number(last));
    });
    expect(misplaced).toEqual([]);
  });
});

test.each([
  [245, "ROW_TYPE"],
  [8115, "ROW_RANGE"],
  [513, "ROW_CHECK"],
  [6926, "ROW_TYPE"],
  [2628, "ROW_LENGTH"],
  [8152, "ROW_LENGTH"],
  [515, "ROW_NOT_NULL"],
  [2601, "ROW_UNIQUE"],
  [2627, "ROW_UNIQUE"],
  [8134, "ROW_REFUSED"],
  [50_001, "ROW_REFUSED"],
])("a row refused with %i is a %s", (number, code) => {
  expect(rowCode(number)).toBe(code);
});

describe("what an error names", () => {
  const shape = tsqlTable({
    columns: [column("id", { type: "int" }), column("first name", { type: "nvarchar(3)" })],
    uniqueKeys: [
      uniqueKey(["id"], { name: "PK_t", primary: true }),
      uniqueKey(["first name"], { name: "ix_name", constraint: false }),
    ],
    checks: [{ name: "CK_positive", sql: "([id]>(0))" }],
  });
  const conflict = 'The conflict occurred in database "shop", table "dbo.t", column';

  test.each([
    [
      547,
      `The INSERT statement conflicted with the FOREIGN KEY constraint "FK_t_p". ${conflict} 'id'.`,
      { code: "ROW_FOREIGN_KEY", column: null, constraint: "FK_t_p" },
    ],
    [
      547,
      `The MERGE statement conflicted with the FOREIGN KEY SAME TABLE constraint "FK_self". ${conflict} 'id'.`,
      { code: "ROW_FOREIGN_KEY", column: null, constraint: "FK_self" },
    ],
    [
      547,
      `The UPDATE statement conflicted with the REFERENCE constraint "FK_child_t". ${conflict} 'parent'.`,
      { code: "ROW_FOREIGN_KEY", column: null, constraint: "FK_child_t" },
    ],
    [
      547,
      `The MERGE statement conflicted with the CHECK constraint "CK_positive". ${conflict} 'id'.`,
      { code: "ROW_CHECK", column: null, constraint: "CK_positive" },
    ],
    [
      2627,
      "Violation of PRIMARY KEY constraint 'PK_t'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (1).",
      { code: "ROW_UNIQUE", column: null, constraint: "PK_t" },
    ],
    [
      2627,
      "Violation of UNIQUE KEY constraint 'UQ_of_another'. Cannot insert duplicate key in object 'dbo.u'. The duplicate key value is (PK_t).",
      { code: "ROW_UNIQUE", column: null, constraint: null },
    ],
    [
      2601,
      "Cannot insert duplicate key row in object 'dbo.t' with unique index 'ix_name'. The duplicate key value is (Bob).",
      { code: "ROW_UNIQUE", column: null, constraint: "ix_name" },
    ],
    [
      515,
      "Cannot insert the value NULL into column 'first name', table 'shop.dbo.t'; column does not allow nulls. INSERT fails.",
      { code: "ROW_NOT_NULL", column: "first name", constraint: null },
    ],
    [
      2628,
      "String or binary data would be truncated in table 'shop.dbo.t', column 'first name'. Truncated value: 'Bar'.",
      { code: "ROW_LENGTH", column: "first name", constraint: null },
    ],
    [
      8152,
      "String or binary data would be truncated.",
      { code: "ROW_LENGTH", column: null, constraint: null },
    ],
    [
      8134,
      "Divide by zero error encountered.",
      { code: "ROW_REFUSED", column: null, constraint: null },
    ],
  ])("%i: %s", (number, message, place) => {
    expect(placeOfError(number, message, shape)).toEqual(place);
  });

  test("is nothing where the message is not the server's own", () => {
    expect(placeOfError(547, "nothing quoted", shape)).toEqual({
      code: "ROW_FOREIGN_KEY",
      column: null,
      constraint: null,
    });
  });
});

describe("an error of the driver", () => {
  test("holds the server's, when it came from there", () => {
    const error = Object.assign(new Error("Divide by zero"), { code: "EREQUEST", number: 8134 });
    expect(serverErrorOf(error)).toEqual(new SqlServerError(8134, "Divide by zero"));
    expect(serverErrorOf(error)?.number).toBe(8134);
  });
  test.each([
    ["of the network", Object.assign(new Error("x"), { code: "ESOCKET", number: 1 })],
    ["without a number", Object.assign(new Error("x"), { code: "EREQUEST" })],
    ["that is none", "x"],
  ])("%s holds none", (_, error) => {
    expect(serverErrorOf(error)).toBeNull();
  });
});

describe("an error of the server in our words", () => {
  test.each([
    [1105, "TARGET_FULL"],
    [9002, "TARGET_FULL"],
    [1132, "TARGET_FULL"],
    [40_544, "TARGET_FULL"],
    [615, "TARGET_BUSY"],
    [40_552, "TARGET_BUSY"],
    [3906, "TARGET_READ_ONLY"],
    [229, "PLAN_PRIVILEGE"],
    [1088, "PLAN_PRIVILEGE"],
    [1205, "TARGET_BUSY"],
    [1222, "TARGET_BUSY"],
    [208, "TARGET_STATEMENT"],
  ])("%i is %s", (number, code) => {
    const translated = translateError(new SqlServerError(number, "said"), "sqlserver://host");
    expect(translated).toBeInstanceOf(UpsurgeError);
    expect(translated).toMatchObject({ code, cause: { number } });
  });
  test("is left alone when it is another's", () => {
    const error = new RangeError("x");
    expect(translateError(error, "sqlserver://host")).toBe(error);
  });
});

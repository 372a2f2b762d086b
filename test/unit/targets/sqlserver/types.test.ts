import { describe, expect, test } from "vitest";
import {
  asStored,
  fromText,
  imageOf,
  misfits,
  overflows,
  isMisread,
  stageType,
  takesNoExponent,
} from "../../../../src/targets/sqlserver/catalog/types.ts";
import { column } from "../../../helpers/shapes.ts";

/** A column of this type. */
function of(type: string): ReturnType<typeof column> {
  return column("c", { type });
}

/** The numbers that a text can get, as SQL. */
function numbers(type: string): string[] {
  return misfits("r.f0", "s.[c]", of(type)).map(({ number }) => number);
}

/** The tests that find it. */
function tests(type: string): string[] {
  return misfits("r.f0", "s.[c]", of(type)).map(({ test: sql }) => sql);
}

describe("the stage holds", () => {
  test.each([
    ["int", "int"],
    ["decimal(10,2)", "decimal(10,2)"],
    ["varchar(10)", "varchar(10) COLLATE Db_CI"],
    ["nchar(3)", "nchar(3) COLLATE Db_CI"],
    ["varchar(10) COLLATE Latin1_General_BIN2", "varchar(10) COLLATE Latin1_General_BIN2"],
    ["text", "varchar(max) COLLATE Db_CI"],
    ["text COLLATE Turkish_CI_AS", "varchar(max) COLLATE Turkish_CI_AS"],
    ["ntext", "nvarchar(max) COLLATE Db_CI"],
    ["image", "varbinary(max)"],
    ["timestamp", "binary(8)"],
    ["rowversion", "binary(8)"],
    ["geography", "geography"],
  ])("%s as %s", (type, staged) => {
    expect(stageType(of(type), "Db_CI")).toBe(staged);
  });
});

describe("staged text becomes a value", () => {
  test.each([
    ["int", "TRY_CONVERT(int, r.f0)"],
    ["datetime2(3)", "TRY_CONVERT(datetime2(3), r.f0)"],
    ["char(3)", "CONVERT(char(3), r.f0)"],
    [
      "varchar(10) COLLATE Latin1_General_BIN2",
      "CONVERT(varchar(10), r.f0 COLLATE Latin1_General_BIN2)",
    ],
    ["nvarchar(max)", "r.f0"],
    ["ntext", "CONVERT(nvarchar(max), r.f0)"],
    ["varbinary(20)", "TRY_CONVERT(varbinary(20), r.f0, 1)"],
    ["image", "TRY_CONVERT(varbinary(max), r.f0, 1)"],
  ])("%s by %s", (type, sql) => {
    expect(fromText("r.f0", of(type))).toBe(sql);
  });
});

describe("text that does not fit", () => {
  test.each([
    ["bit", "245"],
    ["float", "8114"],
    ["real", "8114"],
    ["money", "235"],
    ["smallmoney", "293"],
    ["uniqueidentifier", "8169"],
    ["smalldatetime", "295"],
    ["date", "241"],
    ["time(7)", "241"],
    ["xml", "9400"],
  ])("%s gets %s", (type, number) => {
    expect(numbers(type)).toEqual([number]);
  });

  test.each([
    ["bigint", 8115, 8114, "-9223372036854775808 AND 9223372036854775807"],
    ["int", 248, 245, "-2147483648 AND 2147483647"],
    ["smallint", 244, 245, "-32768 AND 32767"],
    ["tinyint", 244, 245, "0 AND 255"],
    ["decimal(10,2)", 8115, 8114, "-1e8 AND 1e8"],
    ["numeric(38,0)", 8115, 8114, "-1e38 AND 1e38"],
  ])("%s gets %i when it is out of range, else %i", (type, outside, other, range) => {
    expect(numbers(type)).toEqual([
      `CASE WHEN TRY_CONVERT(float, r.f0) NOT BETWEEN ${range} THEN ${outside} ELSE ${other} END`,
    ]);
  });

  test.each([
    ["int", "-"],
    ["money", "$"],
    ["date", ""],
    ["decimal(10,2)", " "],
    ["bit", " "],
    ["uniqueidentifier", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaaZZ"],
    ["int", "7".padEnd(4001)],
  ])("of %s is what the server would read as nothing: '%s'", (type, text) => {
    expect(isMisread(text, of(type))).toBe(true);
  });
  test.each([
    ["int", "0"],
    ["int", "7".padEnd(4000)],
    ["varbinary(max)", `0x${"7".repeat(4000)}`],
    ["nvarchar(max)", "7".repeat(4001)],
    ["bit", "true"],
    ["xml", ""],
    ["nvarchar(10)", ""],
    ["uniqueidentifier", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"],
    ["uniqueidentifier", "{AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa}"],
  ])("of %s is not: '%s'", (type, text) => {
    expect(isMisread(text, of(type))).toBe(false);
  });
  test("is too long, blanks at its end aside: in characters where they have two bytes, else in bytes", () => {
    expect(tests("nvarchar(10)")).toEqual([
      "DATALENGTH(RTRIM(r.f0)) > 20 OR LEN(RTRIM(r.f0)) > 10",
    ]);
    expect(tests("varchar(10) COLLATE X")[0]).toBe(
      "DATALENGTH(CONVERT(varchar(max), RTRIM(r.f0) COLLATE X)) > 10 OR LEN(CONVERT(varchar(max), RTRIM(r.f0) COLLATE X)) > 10",
    );
    expect(numbers("nchar(3)")).toEqual(["2628"]);
  });
  test("is outside a code page, which has no number of the server", () => {
    expect(numbers("varchar(10)")).toEqual(["2628", "0"]);
    expect(misfits("r.f0", "s.[c]", of("text COLLATE X"))).toEqual([
      {
        test: "CONVERT(varbinary(max), CONVERT(nvarchar(max), CONVERT(varchar(max), r.f0 COLLATE X))) <> CONVERT(varbinary(max), r.f0)",
        number: "0",
      },
    ]);
  });
  test("is no hexadecimal, or too much of it", () => {
    expect(tests("varbinary(20)")).toEqual(["s.[c] IS NULL", "LEN(r.f0) - 2 > 40"]);
    expect(tests("varbinary(max)")).toEqual(["s.[c] IS NULL"]);
  });
  test.each(["nvarchar(max)", "ntext"])("does not exist for %s", (type) => {
    expect(misfits("r.f0", "s.[c]", of(type))).toEqual([]);
  });
});

describe("what is compared", () => {
  test.each([
    ["int", "x"],
    ["nvarchar(10)", "CONVERT(varbinary(8000), x), DATALENGTH(x)"],
    ["varchar(max)", "CONVERT(varbinary(max), x), DATALENGTH(x)"],
    [
      "text",
      "CONVERT(varbinary(max), CONVERT(nvarchar(max), x)), DATALENGTH(CONVERT(nvarchar(max), x))",
    ],
    ["image", "CONVERT(varbinary(max), x), DATALENGTH(x)"],
    ["datetimeoffset(7)", "CONVERT(nvarchar(40), x)"],
    ["xml", "CONVERT(nvarchar(max), x)"],
    [
      "sql_variant",
      "CONVERT(varbinary(8000), x), DATALENGTH(x), CONVERT(nvarchar(128), SQL_VARIANT_PROPERTY(x, 'BaseType'))",
    ],
    ["varbinary(20)", "x, DATALENGTH(x)"],
  ])("of %s is %s", (type, image) => {
    expect(imageOf("x", of(type))).toBe(image);
  });

  test("of an expression is what the column would make of it", () => {
    expect(asStored("e", of("varchar(10) COLLATE X"))).toBe("CONVERT(varchar(10), e)");
    expect(asStored("e", of("text"))).toBe("CONVERT(varchar(max), e)");
  });
  test("does not hide that an expression is too long", () => {
    expect(overflows("e", of("varchar(10)"))).toBe(
      "COALESCE(DATALENGTH(RTRIM(CONVERT(varchar(max), e))), 0) > 10 OR COALESCE(LEN(RTRIM(CONVERT(varchar(max), e))), 0) > 10",
    );
    expect(overflows("e", of("nvarchar(10)"))).toBe(
      "COALESCE(DATALENGTH(RTRIM(CONVERT(nvarchar(max), e))), 0) > 20 OR COALESCE(LEN(RTRIM(CONVERT(nvarchar(max), e))), 0) > 10",
    );
    expect([overflows("e", of("nvarchar(max)")), overflows("e", of("int"))]).toEqual([null, null]);
  });
});

test("decimals and money take no exponent, floats do", () => {
  const types = ["decimal(10,2)", "numeric(38,0)", "money", "smallmoney", "float", "int"];
  expect(types.filter((type) => takesNoExponent(of(type)))).toEqual(types.slice(0, 4));
});

/** Values for columns that the database makes itself: no fix leaves the load without its key. */
import { describe, expect, test } from "vitest";
import { refusal } from "../../helpers/refusal.ts";
import { column, planFor, table, uniqueKey } from "../../helpers/shapes.ts";

describe("a column that makes its own values", () => {
  test("never has a value left out that the key is made of", () => {
    const columns = [column("id", { identity: "always" }), column("a")];
    const shape = table({ columns, uniqueKeys: [uniqueKey(["id"], { primary: true })] });
    const fields = { fields: ["id", "a"] };
    const keep = "pass --keep-identity to write the source's values, or ";
    const other =
      "name another key with --key, of columns that the source fills and the table has a unique index on, and ";
    const drop = "drop the field with --map 'id:'";

    expect(refusal(() => planFor(shape, {}, fields)).fix).toBe(keep + drop);
    for (const key of [{ key: ["id"] }, { key: ["primary"] }, { ignore: true }]) {
      expect(refusal(() => planFor(shape, key, fields)).fix).toBe(keep + other + drop);
    }
    const given = { key: ["id"], const: ["id=1"] };
    expect(refusal(() => planFor(shape, given, { fields: ["a"] })).fix).toBe(
      `${keep}${other}leave it out of --const`,
    );
    // Rows without the key that is named are to be inserted.
    const inserts = { key: ["id"], nullKey: "insert" } as const;
    expect(refusal(() => planFor(shape, inserts, fields)).fix).toBe(keep + drop);
  });
  test("tells a key that is missing from the source apart from one that the database makes", () => {
    const columns = [column("id", { identity: "always" }), column("a")];
    const shape = table({ columns, uniqueKeys: [uniqueKey(["id"], { primary: true })] });
    const { fix } = refusal(() => planFor(shape, { key: ["id"] }, { fields: ["a"] }));
    expect(fix).toMatch(/^pass --keep-identity, and map a field to it with --map field:id, /);
    const made = [column("a"), column("g", { generatedSql: "a * 2" })];
    const generated = table({ columns: made, uniqueKeys: [uniqueKey(["g"])] });
    expect(refusal(() => planFor(generated, { key: ["g"] }, { fields: ["a"] })).fix).toBe(
      "give the table a unique index on columns of the source, and name them with --key",
    );
  });
});

/** Which types of a key may make one key of two texts, where the target hashes none: pieces of such records are refused. */
import { expect, test } from "vitest";
import { refusal } from "../../helpers/refusal.ts";
import { column, planFor, table, uniqueKey } from "../../helpers/shapes.ts";

function planOf(type: string): () => unknown {
  const shape = table({
    columns: [column("id", { type, nullable: false }), column("n")],
    uniqueKeys: [uniqueKey(["id"])],
  });
  return () => planFor(shape, { key: ["id"], piece: true }, { hashes: false });
}

test.each([
  "real",
  "money",
  "smallmoney",
  "numeric(5,1)",
  "decimal(18,0)",
  "bit",
  "datetime",
  "smalldatetime",
  "time(0)",
  "time(6)",
  "datetime2(3)",
  "datetimeoffset(0)",
])("a key of the type %s may round what it is given", (type) => {
  expect(refusal(planOf(type)).why).toContain(
    `the key column id (${type}) may round what it is given`,
  );
});

test.each(["int", "bigint", "float", "nvarchar(40)", "date", "uniqueidentifier"])(
  "a key of the type %s has what it is given",
  (type) => {
    expect(planOf(type)).not.toThrow();
  },
);

test.each(["time(7)", "datetime2(7)", "datetimeoffset(7)"])(
  "a key of the type %s has all the digits that it can be given",
  (type) => {
    expect(planOf(type)).not.toThrow();
  },
);

/** What a load says at its end besides its counts: on every target, whichever way the rows went. */
import { describe, expect, test } from "vitest";
import { sharedEngines, useDatabase, waysOf } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import type { LoadResult } from "../helpers/load.ts";
import { useTempDir } from "../helpers/temp-dir.ts";

/** The warnings of a load that may be run anywhere: those of its connection are left out. */
function warningsOf({ output }: LoadResult): string[] {
  const report = JSON.parse(output.split("\n")[0] ?? "") as { readonly warnings: string[] };
  return report.warnings.filter((text) => !text.includes("encrypt"));
}

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const ways = waysOf(engine, [2]);

  const load = (
    way: (typeof ways)[number],
    input: { readonly csv: string } | { readonly ndjson: string },
    flags: readonly string[],
  ): Promise<LoadResult> => {
    const [extension, text] =
      "csv" in input ? (["csv", input.csv] as const) : (["ndjson", input.ndjson] as const);
    const { path: folder } = temporary;
    return runLoad(database, { folder, table: "t", extension, input: text, flags }, way);
  };

  const STAMPED = expect.stringMatching(/^the field n is not written, because --stamp fills n;/);

  test.each(ways)("a field gives way to a stamp: $strategy / $rowSource", async (way) => {
    await database.reset();
    await database.exec(
      "create table t (id int primary key, v int, n int); insert into t values (1, 1, 1);",
    );
    const flags = ["--key", "id", "--stamp", "n = 42"];

    const result = await load(way, { csv: "id,v,n\n1,2,5\n2,2,5\n" }, flags);

    expect(warningsOf(result)).toEqual([STAMPED]);
    expect(await database.rows("select id, v, n from t order by 1")).toEqual([
      ["1", "2", "42"],
      ["2", "2", "42"],
    ]);
  });

  test("a field that only a late record brings gives way as loudly", async () => {
    await database.reset();
    await database.exec("create table t (id int primary key, v int, n int);");
    const [way] = ways;
    if (way === undefined) throw new Error("there is no way to load");
    const many = Array.from(
      { length: 3000 },
      (_, id) => `{"id":${id},"v":${id},"x":"${"-".repeat(99)}"}\n`,
    );
    const ndjson = `${many.join("")}{"id":-1,"n":5}\n`;
    const flags = ["--key", "id", "--map", "x:"];

    const stamped = await load({ ...way, batchRows: 1000 }, { ndjson }, [
      ...flags,
      "--stamp",
      "n = 42",
    ]);

    expect(warningsOf(stamped)).toEqual([STAMPED]);
    const constant = await load({ ...way, batchRows: 1000 }, { ndjson }, [
      ...flags,
      "--const",
      "n=42",
    ]);
    expect(constant.rejects).toEqual([
      { record: 3001, code: "ROW_UNKNOWN_FIELD", dbCode: null, column: "n" },
    ]);
  });
});

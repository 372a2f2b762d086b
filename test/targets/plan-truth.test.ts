/**
 * What `upsurge plan` prints is what runs: on PostgreSQL, no statement that writes to the table of a case or meets its rows is missing.
 * Rule: conditions by which a batch takes some of its staged rows only (shape, places, range of keys) are left out, as are blocks that take
 * rows one by one or fold repeats, and what is asked of the table beside its rows.
 */
import { Client } from "pg";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ENGINES, useDatabase, waysFor, wayTitle } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { setupFor } from "./cases/case.ts";
import { MODE_CASES } from "./cases/modes.ts";
import { ROW_CASES } from "./cases/rows.ts";
import { TABLE_CASES } from "./cases/tables.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const [engine] = ENGINES.filter(({ name }) => name === "postgres");
if (engine === undefined) throw new Error("there is no PostgreSQL");

afterEach(() => void vi.restoreAllMocks());

/** The statement without what depends on the batch at hand. */
function normal(sql: string): string {
  return sql
    .replaceAll(/excluded\.upsurge_shape = \d+/g, "true")
    .replaceAll(/excluded\.upsurge_ord (?:= any|<> all) \(\$1::bigint\[\]\)/g, "true")
    .replaceAll(/ and target\.(?:"[^"]+"|\w+) between \$1 and \$2/g, "")
    .replaceAll("\nwhere true and true", "")
    .replaceAll("\nwhere true", "")
    .replaceAll(" where true and true order", " order")
    .replaceAll(" where true order", " order")
    .replaceAll("true and true and ", "")
    .replaceAll("true and ", "")
    .replaceAll(" and (true)", "")
    .replaceAll(/\(select \* from (\S+) as excluded where true(?: and true)?\)/g, "$1");
}

function writes(sql: string): boolean {
  return (
    /"public"\./.test(sql) &&
    /^(?:with upsurge_written|insert|update|delete|merge|select count\(\*\) as matched)/.test(
      sql,
    ) &&
    !sql.startsWith("insert into pg_temp")
  );
}

describe("the statements of a load", () => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  let seen = 0;
  const cases = [...MODE_CASES, ...TABLE_CASES, ...ROW_CASES]
    .filter(({ engines, csv }) => csv !== undefined && (engines?.includes("postgres") ?? true))
    .flatMap((each, at) =>
      waysFor("conformance", engine, [2, 1000], at).map(
        (way) => [each.title, wayTitle(way), each, way] as const,
      ),
    );

  test.each(cases)("%s: %s", async (_title, _way, each, way) => {
    await database.reset();
    await database.exec(setupFor(each.setup, "postgres"));
    const { table = "t", csv = "", flags } = each;
    writeFileSync(join(temporary.path, "input.csv"), csv);
    const planned = await runUpsurge([
      "plan",
      join(temporary.path, "input.csv"),
      "--to",
      database.url,
      "--table",
      table,
      ...flags,
      "--json",
      "--strategy",
      way.strategy,
      "--row-source",
      way.rowSource,
    ]);
    if (planned.exitCode !== 0) return;
    const { statements, plan } = JSON.parse(planned.stdout) as {
      statements: string[];
      plan: { method: { name: string } };
    };
    const query = vi.spyOn(Client.prototype, "query");
    await runLoad(
      database,
      { folder: temporary.path, table, extension: "csv", input: csv, flags },
      way,
    );
    const ran = new Set(
      query.mock.calls.flatMap(([sql]: readonly unknown[]) =>
        typeof sql === "string" && writes(sql) ? [normal(sql)] : [],
      ),
    );
    seen += ran.size;
    const printed = new Set(statements.map(normal));
    expect(
      [...ran].filter((sql) => !printed.has(sql)),
      plan.method.name + "\n" + [...printed].join("\n--\n"),
    ).toEqual([]);
  });

  test("have been seen", () => {
    expect(seen).toBeGreaterThan(20);
  });
});

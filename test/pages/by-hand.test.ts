/** What the pages say of the recipe by hand, copy and then merge, is true of PostgreSQL. */
import { expect, onTestFinished, test } from "vitest";
import { fencesOf, pageAt } from "../helpers/doc-pages.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { openPostgres } from "../helpers/postgres-database.ts";

const RECIPE =
  fencesOf(pageAt("docs/howto/from-psql.md").text).find(({ language }) => language === "sql")
    ?.body ?? "";

/** The recipe, with these rows in place of what `\copy` brings. */
function recipe(values: string): string {
  return RECIPE.replace(/^\\copy .*$/m, `insert into incoming values ${values};`);
}

async function openParts(): Promise<TestDatabase> {
  const database = await openPostgres();
  onTestFinished(() => database.close());
  await database.exec(
    "create table parts (part_no text primary key, name text, price numeric, stock integer)",
  );
  await database.exec("insert into parts values ('B', 'old', 1, 1), ('N', 'Nut', 2, 2)");
  return database;
}

test("the recipe updates and inserts", async () => {
  const parts = await openParts();

  await parts.exec(recipe("('B', 'Bolt', 3, 3), ('S', 'Screw', 4, 4)"));

  expect(await parts.rows("select part_no, name from parts order by part_no")).toEqual([
    ["B", "Bolt"],
    ["N", "Nut"],
    ["S", "Screw"],
  ]);
});

test("the recipe stops at a key that stands twice", async () => {
  const parts = await openParts();

  await expect(parts.exec(recipe("('B', 'a', 3, 3), ('B', 'b', 3, 3)"))).rejects.toThrow(
    "cannot affect row a second time",
  );
});

test("the recipe writes rows that do not change", async () => {
  const parts = await openParts();
  const versions = "select part_no, xmin from parts order by part_no";
  const before = await parts.rows(versions);

  await parts.exec(recipe("('N', 'Nut', 2, 2)"));

  const after = await parts.rows(versions);
  expect(after[0]).toEqual(before[0]);
  expect(after[1]).not.toEqual(before[1]);
});

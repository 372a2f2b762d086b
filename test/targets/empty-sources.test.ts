/** Sources without a record, and so without a field that is known: there is nothing to load, whatever fills the columns. */
import { describe, expect, test } from "vitest";
import { SHARED_ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const TABLES = [
  "create table authors (id int not null primary key, email varchar(20) not null unique)",
  "create table books (id int not null primary key, n int not null, author int references authors (id))",
];
const SOURCES: readonly (readonly [string, string])[] = [
  ["books.csv", ""],
  ["books.csv", "id,n,email\n"],
  ["books.ndjson", ""],
  ["books.json", "[]"],
];
const FLAGS: readonly (readonly string[])[] = [
  [],
  ["--const", "n=1"],
  ["--value", "n = coalesce(excluded.n, '1')"],
  ["--lookup", "author = authors(email)"],
  ["--stamp", "author = null"],
  ["--const", "n=1", "--delete-missing", "--max-delete", "100%"],
  ["--const", "n=1", "--delete-when", "op=d"],
];

describe.each(SHARED_ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);

  test.each(SOURCES)("%s %j holds nothing to load", async (name, text) => {
    await database.reset();
    for (const sql of TABLES) await database.exec(sql);
    for (const flags of FLAGS) {
      // A header names every field that there is.
      const others = text === "" || name.endsWith("json") ? flags : [];
      const words = [name, "--to", database.url, "--table", "books", "--key", "id", "--json"];
      const more = ["--extra-fields", "ignore", ...others];
      const ran = await runUpsurge([...words, ...more], { cwd: tempDir({ [name]: text }) });
      const shown = `${more.join(" ")}\n${ran.stdout}${ran.stderr}`;
      expect(ran.exitCode, shown).toBe(0);
      const { counts } = JSON.parse(ran.stdout) as { counts: Record<string, number> };
      expect(
        Object.values(counts).every((count) => count === 0),
        shown,
      ).toBe(true);
    }
  });
});

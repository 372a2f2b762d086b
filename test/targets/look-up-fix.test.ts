/** A field that names a row of another table: the look-up that is printed has that table's name, and can be typed as it is. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

/** Names that are plain, and one that is quoted. */
const AUTHORS = ["authors", '"All Authors"'];

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);

  test.each(AUTHORS)("the table %s", async (authors) => {
    await database.reset();
    await database.exec(`create table ${authors} (id int not null primary key, email varchar(20) not null unique);
      create table books (isbn varchar(20) not null primary key, author_id int null references ${authors} (id));
      insert into ${authors} values (7, 'a@x')`);
    const cwd = tempDir({ "books.csv": "isbn,author_email\n1,a@x\n" });
    const args = ["books.csv", "--to", database.url, "--table", "books", "--key", "isbn"];

    const refused = await runUpsurge(args, { cwd });
    const [, lookup = ""] = /^fix: +--lookup '([^']*)' if it names/m.exec(refused.stderr) ?? [];
    const loaded = await runUpsurge([...args, "--lookup", lookup], { cwd });

    expect(refused.stderr).toContain("PLAN_UNKNOWN_FIELD");
    expect(lookup).toMatch(
      /^author_id = (?:\w+\.)?(?:authors|"All Authors")\(email = author_email\)$/,
    );
    expect(loaded.exitCode, loaded.stderr).toBe(0);
    expect(await database.rows("select isbn, author_id from books")).toEqual([["1", "7"]]);
  });
});

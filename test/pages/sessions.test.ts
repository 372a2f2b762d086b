/**
 * The sessions of the pages (```console) are true: they run as they stand, a page in a folder of its own with the files of
 * `fixtures/tour`. `npx vitest run test/pages/sessions.test.ts -u` writes what they print now; a session that differs in
 * nothing but times stays as it is.
 */
import { cpSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { fencesOf, PAGES } from "../helpers/doc-pages.ts";
import { replay, steady } from "../helpers/page-shell.ts";
import type { Shell } from "../helpers/page-shell.ts";
import { openPostgres } from "../helpers/postgres-database.ts";
import { openSqlServer } from "../helpers/sqlserver-database.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const SESSIONS = PAGES.map(({ path, text }) => ({
  path,
  text,
  sessions: fencesOf(text)
    .filter(({ language }) => language === "console")
    .map(({ body }) => body),
})).filter(({ sessions }) => sessions.length > 0);

test("the pages have sessions", () => {
  const pages = SESSIONS.map(({ path }) => path);

  expect(pages).toEqual(
    expect.arrayContaining(["README.md", "docs/tutorial.md", "docs/howto/sql-server.md"]),
  );
  expect(SESSIONS.flatMap(({ sessions }) => sessions).length).toBeGreaterThan(25);
});

async function shellFor(sessions: string): Promise<Shell> {
  const folder = tempDir();
  cpSync("fixtures/tour", folder, { recursive: true });
  const postgres = sessions.includes("DATABASE_URL") ? await openPostgres() : null;
  onTestFinished(() => postgres?.close());
  const sqlserver = sessions.includes("SQLSERVER_URL") ? await openSqlServer() : null;
  onTestFinished(() => sqlserver?.close());
  return { folder, postgres, sqlserver, exitCode: 0 };
}

test.each(SESSIONS)(
  "the sessions of $path print what is shown",
  async ({ path, text, sessions }) => {
    const shell = await shellFor(sessions.join("\n"));
    let page = text;

    for (const session of sessions) {
      const replayed = await replay(session, shell);
      if (steady(replayed) === steady(session)) continue;
      page = page.replace(`\`\`\`console\n${session}`, () => `\`\`\`console\n${replayed}`);
    }

    await expect(page).toMatchFileSnapshot(`../../${path}`);
  },
);

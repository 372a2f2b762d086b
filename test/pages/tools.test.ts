/**
 * The pages that tell other tools' arguments are right: each row of their tables is a load with the flags that the row shows.
 * What stands in the second column is what is run; a row without a test, and a test without its row, fail.
 */
import { existsSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { pageAt, tableRows } from "../helpers/doc-pages.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { commandsOf } from "../helpers/page-shell.ts";
import { openPostgres } from "../helpers/postgres-database.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { openSqlite } from "../helpers/sqlite-database.ts";
import { openSqlServer } from "../helpers/sqlserver-database.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { HASURA } from "./tools/hasura.ts";
import { ARTICLES, IF_MATCHED } from "./tools/hasura-sqlserver.ts";
import { text } from "./tools/parts.ts";
import { PGLOADER } from "./tools/pgloader.ts";
import { PRISMA } from "./tools/prisma.ts";
import { PSQL } from "./tools/psql.ts";
import type { ToolPage, ToolRow } from "./tools/row.ts";
import { SQLITE_UTILS } from "./tools/sqlite-utils.ts";

/** What the second cell says to type: variables, sources and flags. */
interface Typed {
  readonly env: Readonly<Record<string, string>>;
  readonly sources: readonly string[];
  readonly flags: readonly string[];
}

function isVariable(word: string): boolean {
  return /^[A-Z]+=/.test(word);
}

function typed(cell: string): Typed {
  const [, line = ""] = /^`(.*)`$/.exec(cell) ?? [];
  const words = commandsOf(line).flat();
  const variables = words.filter(isVariable).map((word) => word.split(/=(.*)/s).slice(0, 2));
  const rest = words.filter((word) => !isVariable(word));
  const at = rest.findIndex((word) => word.startsWith("--"));
  const cut = at < 0 ? rest.length : at;
  return {
    env: Object.fromEntries(variables) as Record<string, string>,
    sources: rest.slice(0, cut),
    flags: rest.slice(cut),
  };
}

/** Loads what the row says, and looks at what came of it. */
async function runRow(
  database: TestDatabase,
  page: ToolPage,
  row: ToolRow,
  cell: string,
): Promise<void> {
  const { "-": stdin = "", ...files } = row.files ?? text("parts.csv");
  const contents = Object.entries(files).map(
    ([name, content]) => [name, name.endsWith(".gz") ? gzipSync(content) : content] as const,
  );
  const cwd = tempDir(Object.fromEntries(contents));
  const { env, sources, flags } = typed(cell);
  const given = sources.length > 0 ? sources : Object.keys(files);
  const table = flags.includes("--table") ? [] : ["--table", page.table];
  const own = [...(flags.includes("--key") ? [] : (page.flags ?? [])), ...(row.flags ?? [])];
  await database.reset();
  await database.exec(page.setUp);
  if (row.before !== undefined) await database.exec(row.before);

  const args = [...given, "--to", database.url, ...table, ...own, ...flags];
  const ran = await runUpsurge(args, { cwd, stdin, env });

  const rows = await database.rows(page.query);
  expect({
    exit: ran.exitCode,
    rows: rows.map((each) => each.join("|")),
    stderr: ran.stderr,
  }).toEqual({
    exit: row.exit ?? 0,
    rows: row.rows,
    stderr: row.exit === undefined || row.exit === 3 ? "" : expect.any(String),
  });
  await alsoTrue(database, row, ran.stdout + ran.stderr);
}

async function alsoTrue(database: TestDatabase, row: ToolRow, output: string): Promise<void> {
  if (row.says === "") expect(output).toBe("");
  if (row.says !== undefined) expect(output).toContain(row.says);
  if (row.finds !== undefined) expect(await database.rows(row.finds)).toEqual([["1"]]);
  if (row.nulls === undefined) return;
  const [[count] = []] = await database.rows("select count(*) from parts where name is null");
  expect(count).toBe(String(row.nulls));
}

/** A database for all tests of the surrounding suite, opened for the first that asks. */
function useDatabase(open: () => Promise<TestDatabase>): () => Promise<TestDatabase> {
  let database: Promise<TestDatabase> | undefined;
  afterAll(async () => await (await database)?.close());
  return () => (database ??= open());
}

const PAGES = [HASURA, PRISMA, PSQL, PGLOADER, SQLITE_UTILS];

/** Each test with the second cell of its row; where an argument stands twice, in the order of the page. */
function withCells(path: string, rows: readonly ToolRow[]): { row: ToolRow; cell: string }[] {
  const cells = tableRows(pageAt(path).text);
  return rows.map((row, index) => {
    const earlier = rows.slice(0, index).filter(({ argument }) => argument === row.argument).length;
    const found = cells.filter(([argument]) => argument === row.argument)[earlier];
    return { row, cell: found?.[1] ?? "the page has no such row" };
  });
}

describe.each(PAGES)("$path", (page) => {
  const databases = { sqlite: useDatabase(openSqlite), postgres: useDatabase(openPostgres) };

  test("tells of nothing that is not tested, and of all that is", () => {
    const cells = tableRows(pageAt(page.path).text);
    const matched = page === HASURA ? IF_MATCHED : [];

    expect(cells.map(([argument = ""]) => argument).toSorted()).toEqual(
      [...page.rows, ...matched]
        .map(({ argument }) => argument)
        .concat(page.absent)
        .toSorted(),
    );
    expect(cells.filter(([, cell]) => cell === "–").map(([argument]) => argument)).toEqual(
      page.absent,
    );
    expect(existsSync(page.path)).toBe(true);
  });

  test.each(withCells(page.path, page.rows))("$row.argument is $cell", async ({ row, cell }) => {
    expect(cell).toMatch(/^`.*`$|^nothing to say$/);
    await runRow(await databases[row.engine ?? page.engine](), page, row, cell);
  });
});

describe("docs/howto/from-hasura.md, on SQL Server", () => {
  const database = useDatabase(openSqlServer);
  const query = "select title, content, views from article order by title, content";

  test.each(withCells(HASURA.path, IF_MATCHED))("$row.argument is $cell", async ({ row, cell }) => {
    expect(cell).toMatch(/^`.*`$/);
    await runRow(await database(), { ...HASURA, setUp: ARTICLES, query }, row, cell);
  });
});

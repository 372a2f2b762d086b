/**
 * The README is true: its sessions (```console) are run as they are, its other commands are parsed as ours, and
 * its tables name what exists. SECURITY.md names its tests; what no other test holds is tested here.
 */
import {
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import Sqlite from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseCommandLine } from "../src/cli/program.ts";
import { ERROR_CODES } from "../src/errors/codes.ts";
import { noCounts } from "../src/model/counts.ts";
import { checkOptions } from "../src/options/check-options.ts";
import { OPTION_NAMES, optionSpec, spellingsOf } from "../src/options/flag.ts";
import { parseOptions } from "../src/options/parse-options.ts";
import type { TestDatabase } from "./helpers/engines.ts";
import { openPostgres } from "./helpers/postgres-database.ts";
import { runUpsurge } from "./helpers/run-upsurge.ts";
import { openSqlServer } from "./helpers/sqlserver-database.ts";
import { tempDir } from "./helpers/temp-dir.ts";

const README = readFileSync("README.md", "utf8");
const OPTIONS_PAGE = readFileSync("docs/options.md", "utf8");

interface Fence {
  readonly language: string;
  readonly body: string;
}

const FENCES: readonly Fence[] = [...README.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
  ([, language = "", body = ""]) => ({ language, body }),
);

// A small shell: words, quotes, one pipe, redirection, and the few commands that the README needs.

/** A word with its quotes taken off, or an operator such as `|`. */
interface Token {
  readonly text: string;
  readonly isOperator: boolean;
}

function tokens(line: string): Token[] {
  const found = line.match(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"|<>;&])+|[|<>;&]+/g) ?? [];
  return found.map((text) => ({ text: unquoted(text), isOperator: /^[|<>;&]/.test(text) }));
}

function unquoted(word: string): string {
  return word.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"/g, (_, single?: string, double?: string) =>
    single === undefined ? (double ?? "").replace(/\\(["\\$`])/g, "$1") : single,
  );
}

/** The simple commands of a line, and the operators between them. */
function split(line: string): { readonly commands: string[][]; readonly operators: string[] } {
  const commands: string[][] = [[]];
  const operators: string[] = [];
  for (const { text, isOperator } of tokens(line)) {
    if (isOperator) {
      operators.push(text);
      commands.push([]);
    } else commands.at(-1)?.push(text);
  }
  return { commands, operators };
}

interface Ran {
  readonly stdout: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

type Database = Pick<TestDatabase, "url" | "exec">;

interface Shell {
  readonly folder: string;
  readonly postgres: Database;
  readonly sqlserver: Database;
  exitCode: number;
}

/** What a terminal would show of `COMMAND`, `COMMAND < FILE`, `COMMAND > FILE` or `COMMAND | COMMAND`. */
async function type(line: string, shell: Shell): Promise<string> {
  const { commands, operators } = split(line);
  const [first = [], second = []] = commands;
  const [operator] = operators;
  const stdin = operator === "<" ? text(shell, second[0]) : "";
  let ran = await command(first, stdin, shell);
  if (operator === "|") ran = await command(second, ran.stdout, shell);
  shell.exitCode = ran.exitCode ?? 0;
  if (operator === ">") writeFileSync(join(shell.folder, second[0] ?? ""), ran.stdout);
  return (ran.stderr ?? "") + (operator === ">" ? "" : ran.stdout);
}

async function command(argv: readonly string[], stdin: string, shell: Shell): Promise<Ran> {
  const { folder, postgres, sqlserver } = shell;
  const [name = "", ...args] = argv.map((word) => word.replace("$SQLSERVER_URL", sqlserver.url));
  switch (name) {
    case "upsurge":
      return await runUpsurge(args, { stdin, cwd: folder, env: { DATABASE_URL: postgres.url } });
    case "echo":
      return { stdout: `${args.join(" ").replace("$?", String(shell.exitCode))}\n` };
    case "cat":
      return { stdout: args.map((file) => text(shell, file)).join("") };
    case "head":
      return { stdout: text(shell, args[2]).slice(0, Number(args[1])) };
    case "sed":
      return { stdout: substitute(args[0] ?? "", text(shell, args[1])) };
    case "rm":
      for (const file of args) rmSync(join(folder, file));
      return { stdout: "" };
    case "gzip":
      writeFileSync(join(folder, `${args[1]}.gz`), gzipSync(text(shell, args[1])));
      return { stdout: "" };
    case "sqlite3":
      return { stdout: sqlite(join(folder, args[0] ?? ""), args[1] ?? stdin) };
    case "psql":
      await postgres.exec(text(shell, args.at(-1)));
      return { stdout: "" };
    case "sqlcmd":
      await sqlserver.exec(text(shell, args.at(-1)));
      return { stdout: "" };
    default:
      throw new Error(`the README's shell has no command ${name}`);
  }
}

function text({ folder }: Shell, file: string | undefined): string {
  return readFileSync(join(folder, file ?? ""), "utf8");
}

function substitute(script: string, input: string): string {
  const [, from = "", to = ""] = /^s\/(.*)\/(.*)\/$/.exec(script) ?? [];
  return input.replace(from, to);
}

/** Rows as the sqlite3 shell prints them. */
function sqlite(path: string, sql: string): string {
  const database = new Sqlite(path);
  try {
    if (!/^\s*select/i.test(sql)) {
      database.exec(sql);
      return "";
    }
    const rows = database.prepare(sql).raw().all() as (string | number | null)[][];
    return rows.map((row) => `${row.map((value) => value ?? "").join("|")}\n`).join("");
  } finally {
    database.close();
  }
}

/** Runs the `$ ` lines of a session and puts what they print below them. */
async function replay(session: string, shell: Shell): Promise<string> {
  let transcript = "";
  for (const [, line = ""] of session.matchAll(/^\$ (.*)$/gm)) {
    transcript += `$ ${line}\n${await type(line, shell)}`;
  }
  return transcript;
}

/** Times, rates and versions differ from run to run. */
function steady(transcript: string): string {
  return transcript
    .replace(/\d+(?:\.\d+)? s\b/g, "N s")
    .replace(/[\d,]+ rows\/s/g, "N rows/s")
    .replace(/"(seconds|rowsPerSecond)":[\d.]+/g, '"$1":N')
    .replace(/"runId":"[0-9a-f]+"/g, '"runId":"N"')
    .replace(/(SQLite|PostgreSQL) \d[\d.]*/g, "$1 N");
}

/** The calls of upsurge in a script: its lines, its pipes and what follows `run:` in YAML. */
function calls(script: string): string[][] {
  const lines = script.replace(/\\\n/g, " ").split("\n");
  const simple = lines
    .map((line) => line.replace(/(^|\s)#.*$/, ""))
    .flatMap((line) => split(line).commands);
  return simple.flatMap((all) => {
    const at = all.indexOf("upsurge");
    const before = all.slice(0, Math.max(at, 0));
    // What another command prints is a hash.
    const words = all.slice(at + 1).map((word) => (word.startsWith("$(") ? "0".repeat(64) : word));
    return at >= 0 && before.every((word) => /^(?:\w+=.*|run:|-|if|!)$/.test(word)) ? [words] : [];
  });
}

test("every session prints what is shown", async () => {
  const folder = tempDir();
  cpSync("fixtures/tour", folder, { recursive: true });
  const postgres = await openPostgres();
  onTestFinished(() => postgres.close());
  const sqlserver = await openSqlServer();
  onTestFinished(() => sqlserver.close());
  const shell: Shell = { folder, postgres, sqlserver, exitCode: 0 };
  const sessions = FENCES.filter(({ language }) => language === "console").map(({ body }) => body);
  expect(sessions.length).toBeGreaterThan(10);

  const replayed: string[] = [];
  for (const session of sessions) replayed.push(await replay(session, shell));

  expect(steady(replayed.join("\n"))).toBe(steady(sessions.join("\n")));
});

const SCRIPTS = FENCES.filter(({ language }) => ["sh", "yaml", "sql"].includes(language));
const CALLS = SCRIPTS.flatMap(({ body }) => calls(body)).map(
  (argv) => [argv.join(" "), argv] as const,
);

test("scripts call upsurge", () => {
  expect(CALLS.length).toBeGreaterThan(10);
});

test.each(CALLS)("upsurge %s is a command line", (_, argv) => {
  const line = parseCommandLine(argv, "0");
  if (line.kind === "text") return;
  const { raw, sources, command } = line.call;

  checkOptions(parseOptions(raw, { DATABASE_URL: "postgres:///shop" }), command);

  expect(sources.length > 0 || command === "inspect").toBe(true);
});

const SPELLINGS = OPTION_NAMES.flatMap(spellingsOf);

test.each([...new Set(README.match(/(?<![\w-])--[a-z][a-z0-9-]*/g))])("%s is a flag", (flag) => {
  expect([...SPELLINGS, "--help", "--version"]).toContain(flag);
});

test.each(OPTION_NAMES)("the option %s is in docs/options.md, which the README links", (name) => {
  const [flag = ""] = spellingsOf(name);

  expect(OPTIONS_PAGE).toContain(`\n### \`${flag}`);
  expect(README).toContain("(docs/options.md)");
});

/** The first column of the table below a heading. */
function firstColumn(heading: string): string[] {
  const section = README.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/^\| `?([\w+]+)`? \|/gm)].map(([, cell = ""]) => cell).slice(1);
}

test("the table of counts has every count", () => {
  expect(firstColumn("Counts").toSorted()).toEqual(Object.keys(noCounts()).toSorted());
});

test("the table of exit codes has every code", () => {
  const codes = Object.values(ERROR_CODES).map(({ exit }) => exit);

  const expected = [...new Set(["0", "3", "128+n", ...codes.map(String)])];

  expect(firstColumn("Exit codes").toSorted()).toEqual(expected.toSorted());
});

describe.each(["README.md", "SECURITY.md", "CHANGELOG.md"])("%s", (page) => {
  const content = readFileSync(page, "utf8");
  const links = [...content.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path = ""]) => path);
  const named = [...content.matchAll(/`((?:test|src|fixtures|docs)\/[\w./-]+)`/g)].map(
    ([, path = ""]) => path,
  );

  test("names files that exist", () => {
    const missing = [...links, ...named].filter((path) => !existsSync(join(dirname(page), path)));

    expect(missing).toEqual([]);
  });
});

const HOSTILE = `id"]'); drop table t; --`;
const LOAD = ["--to", "t.db", "--table", "t", "--key", "id"];

/** A folder with `files` and `t.db`. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = tempDir(files);
  sqlite(join(folder, "t.db"), "create table t (id text primary key, n integer)");
  return folder;
}

function rowsOf(folder: string): string {
  return sqlite(join(folder, "t.db"), "select * from t");
}

describe("SECURITY.md is right that", () => {
  test("a field name only selects a column", async () => {
    const quoted = HOSTILE.replaceAll('"', '""');
    const cwd = folderWith({ "names.csv": `id,"${quoted}"\na,1\n` });

    const refused = await runUpsurge(["names.csv", ...LOAD], { cwd });
    const dropped = await runUpsurge(["names.csv", ...LOAD, "--extra-fields", "ignore"], { cwd });

    expect(refused.stderr).toContain("PLAN_UNKNOWN_FIELD");
    expect(dropped.exitCode).toBe(0);
    expect(rowsOf(cwd)).toBe("a|\n");
  });

  test("values are no SQL, on any target", async () => {
    const cwd = folderWith({ "values.ndjson": `${JSON.stringify({ id: HOSTILE, n: 1 })}\n` });
    const postgres = await openPostgres();
    onTestFinished(() => postgres.close());
    await postgres.exec("create table t (id text primary key, n integer)");
    const sqlserver = await openSqlServer();
    onTestFinished(() => sqlserver.close());
    await sqlserver.exec("create table t (id nvarchar(50) primary key, n integer)");

    for (const to of ["t.db", postgres.url, sqlserver.url]) {
      const { exitCode } = await runUpsurge(["values.ndjson", ...LOAD, "--to", to], { cwd });
      expect(exitCode).toBe(0);
    }

    expect(rowsOf(cwd)).toBe(`${HOSTILE}|1\n`);
    for (const database of [postgres, sqlserver]) {
      expect(await database.rows("select * from t")).toEqual([[HOSTILE, "1"]]);
    }
  });

  test("the environment sets where a load goes and what it logs, takes SQL away, and no more", () => {
    const fromEnvironment = OPTION_NAMES.filter((name) => optionSpec(name).env !== undefined);

    expect(fromEnvironment).toEqual(["to", "rawSql", "logLevel", "logFormat"]);
  });

  test("a .env file is not read", async () => {
    const cwd = folderWith({ "a.csv": "id,n\na,1\n", ".env": "UPSURGE_TO=t.db\n" });

    const { stderr } = await runUpsurge(["a.csv", "--table", "t", "--key", "id"], { cwd });

    expect(stderr).toContain("--to is missing");
  });

  test("reject files are private, overwrite nothing and follow no link", async () => {
    const cwd = folderWith({ "bad.csv": "id,n\n,1\n", "mine.txt": "mine" });
    const load = ["bad.csv", ...LOAD, "--max-rejects", "1"];
    symlinkSync("mine.txt", join(cwd, "link.csv"));

    expect((await runUpsurge(load, { cwd })).exitCode).toBe(3);
    for (const taken of ["bad.csv.rejects.csv", "mine.txt", "link.csv"]) {
      expect((await runUpsurge([...load, "--reject-file", taken], { cwd })).exitCode).toBe(6);
    }

    for (const file of ["bad.csv.rejects.csv", "bad.csv.rejects.csv.jsonl"]) {
      expect(statSync(join(cwd, file)).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(join(cwd, "mine.txt"), "utf8")).toBe("mine");
  });
});

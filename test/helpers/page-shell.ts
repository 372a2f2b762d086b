/**
 * A small shell in which the sessions of the pages run: words, quotes, one pipe, redirection, and the few commands that the
 * pages need. `upsurge` runs in this process, `psql` and `sqlcmd` speak to the suite's servers.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import Sqlite from "better-sqlite3";
import type { TestDatabase } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";

/** What the shell needs of a database. */
export type ShellDatabase = Pick<TestDatabase, "url" | "exec" | "rows">;

/** Where a session runs; a database is there where its page needs one. */
export interface Shell {
  readonly folder: string;
  readonly postgres: ShellDatabase | null;
  readonly sqlserver: ShellDatabase | null;
  exitCode: number;
}

/** A word with its quotes taken off, or an operator such as `|`. */
interface Token {
  readonly text: string;
  readonly isOperator: boolean;
}

interface Ran {
  readonly stdout: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** The simple commands of a line. */
export function commandsOf(line: string): string[][] {
  return split(line).commands;
}

/** Runs the `$ ` lines of a session and puts what they print below them. */
export async function replay(session: string, shell: Shell): Promise<string> {
  let transcript = "";
  for (const [, line = ""] of session.matchAll(/^\$ (.*)$/gm)) {
    transcript += `$ ${line}\n${await type(line, shell)}`;
  }
  return transcript;
}

/** A transcript without what differs from run to run: times, rates and versions. */
export function steady(transcript: string): string {
  return transcript
    .replace(/\d+(?:\.\d+)? s\b/g, "N s")
    .replace(/[\d,]+ rows\/s/g, "N rows/s")
    .replace(/"(seconds|rowsPerSecond)":[\d.]+/g, '"$1":N')
    .replace(/"(startedAt|endedAt)":"[^"]*"/g, '"$1":"N"')
    .replace(/\bat \d{4}-\d\d-\d\dT[\d:]+Z/g, "at N")
    .replace(/ (time|timestamp)="[^"]*"/g, ' $1="N"')
    .replace(/"runId":"[0-9a-f]+"/g, '"runId":"N"')
    .replace(/(SQLite|PostgreSQL) \d[\d.]*/g, "$1 N");
}

/** Rows as the sqlite3 shell prints them. */
export function sqlite(path: string, sql: string): string {
  const database = new Sqlite(path);
  try {
    if (!/^\s*select/i.test(sql)) {
      database.exec(sql);
      return "";
    }
    return printed(database.prepare(sql).raw().all() as (string | number | null)[][]);
  } finally {
    database.close();
  }
}

function printed(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map((value) => value ?? "").join("|")}\n`).join("");
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
  const words = argv.map((word) => word.replace("$SQLSERVER_URL", sqlserver?.url ?? ""));
  const at = words.findIndex((word) => !/^[A-Z]+=/.test(word));
  const [name = "", ...args] = words.slice(at);
  const variables = words.slice(0, at).map((word) => word.split(/=(.*)/s).slice(0, 2));
  switch (name) {
    case "upsurge":
      return await runUpsurge(args, {
        stdin,
        cwd: folder,
        env: { DATABASE_URL: postgres?.url, ...Object.fromEntries(variables) },
      });
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
      return { stdout: await onServer(postgres, args, shell) };
    case "sqlcmd":
      return { stdout: await onServer(sqlserver, args, shell) };
    default:
      throw new Error(`the shell of the pages has no command ${name}`);
  }
}

/** `-f FILE`, `-i FILE` or `-c STATEMENT`, which is always the last. */
async function onServer(
  database: ShellDatabase | null,
  args: readonly string[],
  shell: Shell,
): Promise<string> {
  if (database === null) throw new Error("the session has no such database");
  const [flag, last] = args.slice(-2);
  const sql = flag === "-c" ? (last ?? "") : text(shell, last);
  if (/^\s*select/i.test(sql)) return printed(await database.rows(sql));
  await database.exec(sql);
  return "";
}

function text({ folder }: Shell, file: string | undefined): string {
  return readFileSync(join(folder, file ?? ""), "utf8");
}

function substitute(script: string, input: string): string {
  const [, from = "", to = ""] = /^s\/(.*)\/(.*)\/$/.exec(script) ?? [];
  return input.replace(from, to);
}

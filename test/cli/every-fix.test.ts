/**
 * Every error of the registry, walked: a fix that holds a flag or a command is typed on a case of its code, and the run ends
 * otherwise than before. Codes without such a case are listed with the reason.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "../../src/errors/codes.ts";
import { ROW_CODES } from "../../src/errors/row-codes.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { DELETE_FIXES } from "./delete-fixes.ts";
import { LOOKUP_FIXES } from "./lookup-fixes.ts";
import { NEST_FIXES } from "./nest-fixes.ts";
import { SPLIT_FIXES } from "./split-fixes.ts";
import { ELSEWHERE, ROWS } from "./fixes-elsewhere.ts";

interface Case {
  readonly code: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly sql?: string;
  /** The words after `upsurge`; a load of in.csv into t.db by default. */
  readonly run?: string;
  /** Run before it. */
  readonly before?: string;
  /** What the fix says. */
  readonly fix: RegExp;
  /** The command with the fix in it, or what else is done. */
  readonly next: string | ((cwd: string) => string);
  /** How the second run ends; 0 by default. */
  readonly exit?: number;
}

const LOAD = "in.csv --to t.db --table t";
const TABLE = "create table t (id integer primary key, name text, n integer check (n < 100))";
const csv = (text: string): Record<string, string> => ({ "in.csv": text });
const sql = (statement: RegExp, next = `${LOAD} --key name`) => ({ statement, next });

const CASES: readonly Case[] = [
  ...DELETE_FIXES,
  ...LOOKUP_FIXES,
  ...NEST_FIXES,
  ...SPLIT_FIXES,
  {
    code: "COMMAND_UNKNOWN",
    run: "inspct in.csv",
    fix: /mean upsurge inspect/,
    next: "inspect in.csv",
  },
  {
    code: "OPTION_UNKNOWN",
    run: `${LOAD} --kye id`,
    fix: /did you mean --key\?/,
    next: `${LOAD} --key id`,
  },
  {
    code: "OPTION_VALUE",
    run: `${LOAD} --key id --mode upsrt`,
    fix: /--mode upsert/,
    next: `${LOAD} --key id --mode upsert`,
  },
  { code: "OPTION_MISSING", run: "in.csv --to t.db", fix: /--table/, next: LOAD },
  {
    code: "OPTION_CONFLICT",
    run: `${LOAD} --set n=1`,
    fix: /add --key, or leave --set out/,
    next: `${LOAD} --key id --set n=1`,
  },
  {
    code: "CONFIG_CONNECTION",
    files: { ...csv("id\n1\n"), "upsurge.config.yaml": "connections: { dev: t.db }\n" },
    sql: TABLE,
    run: "in.csv --to @dve --table t",
    fix: /did you mean --to @dev\?/,
    next: "in.csv --to @dev --table t",
  },
  {
    code: "SOURCE_NOT_FOUND",
    run: "inn.csv --to t.db --table t",
    fix: /did you mean in\.csv\?/,
    next: LOAD,
  },
  {
    code: "SOURCE_IS_DIRECTORY",
    run: ". --to t.db --table t",
    fix: /'\.\/\*\.csv'/,
    next: "./*.csv --to t.db --table t",
  },
  {
    code: "SOURCE_KIND",
    files: { "in.csv": Buffer.from("i\0d\0\n\x001\0\n\0", "latin1") },
    fix: /--encoding utf-16le/,
    next: `${LOAD} --encoding utf-16le`,
  },
  {
    code: "SOURCE_RECORDS",
    files: { "in.json": '{"data":{"items":[{"id":1}]}}' },
    run: "in.json --to t.db --table t --records /data",
    fix: /pass --records \/data\/items/,
    next: "in.json --to t.db --table t --records /data/items",
  },
  {
    code: "SOURCE_QUOTE",
    files: csv('id,name\n1,"a\n'),
    fix: /--quote ''/,
    next: `${LOAD} --quote ''`,
  },
  {
    code: "SOURCE_HEADER",
    files: csv("sep=;\nid;name\n1;a\n"),
    fix: /--skip-lines 1 --delimiter ';'/,
    next: `${LOAD} --skip-lines 1 --delimiter ;`,
  },
  { code: "SOURCE_ENCODING", run: `${LOAD} -e latn`, fix: /latin1/, next: `${LOAD} -e latin1` },
  {
    code: "SOURCE_ROWS",
    run: `${LOAD} --expect-rows 2`,
    fix: /say how many records/,
    next: `${LOAD} --expect-rows 1`,
  },
  { code: "TARGET_URL", run: "in.csv --to t.dbx --table t", fix: /^pass --to t\.db$/, next: LOAD },
  {
    code: "TARGET_NOT_FOUND",
    run: "in.csv --to tt.db --table t",
    fix: /a load of one file with --create creates the database, and its table/,
    next: "in.csv --to tt.db --table t --create",
  },
  {
    code: "PLAN_DDL",
    files: csv("id,Id\n1,2\n"),
    run: "in.csv --to tt.db --table t --create",
    fix: /--map 'Id:OTHER'; or .*: --map 'Id:'/,
    next: "in.csv --to tt.db --table t --create --map Id:",
  },
  {
    code: "PLAN_NO_TABLE",
    run: "in.csv --to t.db --table tt",
    fix: /did you mean t\?|check --table/,
    next: LOAD,
  },
  {
    code: "PLAN_UNKNOWN_FIELD",
    files: csv("id,nmae\n1,a\n"),
    fix: /--map 'nmae:name'/,
    next: `${LOAD} --map nmae:name`,
  },
  {
    code: "PLAN_NO_KNOWN_FIELD",
    files: csv("id;name\n1;a\n"),
    fix: /--delimiter ';'/,
    next: `${LOAD} --delimiter ;`,
  },
  {
    code: "PLAN_UNKNOWN_COLUMN",
    run: `${LOAD} --key idd`,
    fix: /did you mean id\?/,
    next: `${LOAD} --key id`,
  },
  {
    code: "PLAN_NO_FIELD",
    run: `${LOAD} --map nmae:name`,
    fix: /did you mean name\?/,
    next: `${LOAD} --map name:name`,
  },
  {
    code: "PLAN_DUPLICATE_COLUMN",
    run: `${LOAD} --const name=x`,
    fix: /--map 'name:'/,
    next: `${LOAD} --const name=x --map name:`,
  },
  {
    code: "PLAN_NO_KEY",
    sql: "create table t (id integer unique, name text)",
    run: `${LOAD} --mode upsert`,
    fix: /pass --key/,
    next: `${LOAD} --mode upsert --key id`,
  },
  {
    code: "PLAN_NO_PRIMARY_KEY",
    sql: "create table t (id integer unique, name text)",
    run: `${LOAD} --key primary`,
    fix: /^pass --key id$/,
    next: `${LOAD} --key id`,
  },
  {
    code: "PLAN_KEY_NOT_IN_SOURCE",
    files: csv("name\na\n"),
    run: `${LOAD} --key id`,
    fix: /--const id=VALUE/,
    next: `${LOAD} --key id --const id=7`,
  },
  {
    code: "PLAN_NO_CONSTRAINT",
    sql: `${TABLE}; create unique index by_name on t (name)`,
    run: `${LOAD} --constraint by_nmae`,
    fix: /--constraint by_name/,
    next: `${LOAD} --constraint by_name`,
  },
  {
    code: "PLAN_NO_CONFLICT_TARGET",
    run: `${LOAD} --key name`,
    fix: /create unique index "t_name_key"/,
    ...typed(sql(/create unique index [^)]+\)/)),
  },
  {
    code: "PLAN_REQUIRED_COLUMN",
    sql: "create table t (id int, name text, z text not null)",
    fix: /--const z=VALUE/,
    next: `${LOAD} --const z=VALUE`,
  },
  {
    code: "PLAN_READ_ONLY_COLUMN",
    sql: "create table t (id int, name text generated always as (id) stored)",
    fix: /--map 'name:'/,
    next: `${LOAD} --map name:`,
  },
  {
    code: "PLAN_UNSUPPORTED",
    sql: `create table b (id int, name text); create view t as select * from b; create trigger i instead of insert on t begin insert into b values (new.id, new.name); end`,
    run: `${LOAD} --key id`,
    fix: /--ignore/,
    next: `${LOAD} --key id --ignore`,
  },
  {
    code: "PLAN_EXPRESSION",
    run: `${LOAD} --key id --set n=excluded.nn`,
    fix: /excluded\.NAME/,
    next: `${LOAD} --key id --set n=excluded.id`,
  },
  {
    code: "PLAN_LATE",
    run: `${LOAD} --late n`,
    fix: /name a unique key with --key/,
    next: `${LOAD} --key id --late n`,
  },
  {
    code: "LATE_VALUE",
    files: csv("id,n\n1,100\n"),
    run: `${LOAD} --key id --late n`,
    fix: /correct the value, or change the check constraint; nothing was kept/,
    next: (cwd) => {
      writeFileSync(join(cwd, "in.csv"), "id,n\n1,99\n");
      return `${LOAD} --key id --late n`;
    },
  },
  {
    code: "PLAN_STEP",
    run: `${LOAD} --before commit`,
    fix: /leave COMMIT out of the SQL of --before/,
    next: LOAD,
  },
  {
    code: "STEP_FAILED",
    run: `${LOAD} --after nonsense`,
    fix: /correct the SQL of --after/,
    next: `${LOAD} --after reindex`,
  },
  {
    code: "STEP_NO_RECORD",
    files: csv("id,name\n"),
    run: `${LOAD} --truncate`,
    fix: /--max-delete 100%/,
    next: `${LOAD} --truncate --max-delete 100%`,
  },
  {
    code: "RUN_NOT_A_FOLDER",
    run: "run in.csv --to t.db",
    fix: /upsurge in\.csv --to URL --table NAME/,
    next: LOAD,
  },
  {
    code: "RUN_NO_KEY",
    sql: "create table t (id integer primary key, name text)",
    files: { "t.csv": "name\na\n" },
    run: "run . --only t --to t.db",
    fix: /add the columns of one of them to the file/,
    next: LOAD,
  },
  {
    code: "RUN_NO_TABLE",
    run: "run . --to t.db",
    fix: /create the table first, with a primary key \(`upsurge inspect in\.csv --ddl sqlite --table in` prints a statement to begin with\), or move the file/,
    next: "inspect in.csv --ddl sqlite --table in",
  },
  {
    code: "STEP_CASCADE",
    sql: `${TABLE}; create table u (t integer references t on delete cascade); insert into t (id) values (7); insert into u values (7)`,
    run: `${LOAD} --truncate`,
    fix: /the rows of u first, with --before; or leave --truncate out/,
    next: LOAD,
  },
  {
    code: "STEP_ROWS_LEFT",
    sql: `${TABLE}; create trigger keep before delete on t begin select raise(ignore); end; insert into t (id) values (7)`,
    run: `${LOAD} --truncate`,
    fix: /who may delete all rows of it/,
    next: LOAD,
  },
  {
    code: "JOB_OPTIONS",
    files: csv("id,name\n1,a\n"),
    sql: `${TABLE}; create table u (id integer primary key, name text)`,
    run: "in.csv --to t.db --table u --key id --commit 1 --job j",
    before: `${LOAD} --key id --commit 1 --job j --set name=excluded.name||target.name`,
    fix: /--reset-job/,
    next: "in.csv --to t.db --table u --key id --commit 1 --job j --reset-job",
  },
  {
    code: "JOB_UNKNOWN",
    run: "jobs --to t.db --forget j",
    fix: /upsurge jobs --to URL/,
    next: "jobs --to t.db",
  },
  {
    code: "REJECT_LIMIT",
    files: csv("id,name\nx,a\n"),
    fix: /--max-rejects N/,
    next: `${LOAD} --max-rejects 1`,
    exit: 3,
  },
  {
    code: "REJECT_FILE",
    files: { "in.csv": "id,name\nx,a\n", "r.csv": "" },
    run: `${LOAD} --max-rejects 1 --reject-file r.csv`,
    fix: /--reject-file/,
    next: `${LOAD} --max-rejects 1 --reject-file r2.csv`,
    exit: 3,
  },
  {
    code: "OUTPUT_FILE",
    run: `${LOAD} --report no/r.json`,
    fix: /--report/,
    next: `${LOAD} --report r.json`,
  },
];

/** A case whose fix is a statement. */
function typed({ statement, next: after }: ReturnType<typeof sql>): Pick<Case, "next"> {
  return {
    next: (cwd) => {
      const [ddl = ""] = statement.exec(lastFix) ?? [];
      new Database(join(cwd, "t.db")).exec(ddl).close();
      return after;
    },
  };
}

/** The fix of the error that was just met. */
let lastFix = "";

/** Words as a shell splits them, as far as these commands need it. */
function words(command: string): string[] {
  return command.split(" ").map((word) => (word === "''" ? "" : word));
}

describe("every fix", () => {
  test("has a case, or a reason why not", () => {
    const known = [...CASES.map(({ code }) => code), ...Object.keys(ELSEWHERE)];
    expect(known.toSorted()).toEqual(Object.keys(ERROR_CODES).toSorted());
    expect(Object.keys(ROWS).toSorted()).toEqual(Object.keys(ROW_CODES).toSorted());
  });

  test.each(CASES)(
    "$code",
    async ({ code, files, sql: ddl = TABLE, run = LOAD, before, fix, next, exit = 0 }) => {
      const cwd = tempDir({ "in.csv": "id,name\n1,a\n", ...files });
      new Database(join(cwd, "t.db")).exec(ddl).close();
      if (before !== undefined) await runUpsurge(words(before), { cwd });

      const refused = await runUpsurge(words(run), { cwd });
      lastFix = /^fix: +(.*)$/m.exec(refused.stderr)?.[1] ?? "";
      const command = typeof next === "string" ? next : next(cwd);
      const corrected = await runUpsurge(words(command), { cwd });

      expect(refused.stderr).toContain(code);
      expect(lastFix).toMatch(fix);
      expect(corrected.exitCode, corrected.stderr).toBe(exit);
      expect(refused.exitCode).not.toBe(corrected.exitCode);
    },
  );
});

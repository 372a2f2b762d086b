/**
 * Options whose value becomes a part of statements: the table says which those are, `--no-raw-sql` refuses them, and no other
 * option's value is ever more than a name that is looked up, or a value.
 */
import { describe, expect, test } from "vitest";
import { flagOf, OPTION_NAMES, optionSpec } from "../../src/options/flag.ts";
import type { OptionName } from "../../src/options/options.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

/** An expression that is the name of a table, of a column and of an index as well. */
const SQL = "abs(4711)";

/** Text that any of these kinds may hold is free; a number, a choice or a switch is not. */
const FREE: readonly string[] = ["text", "list", "many"];

const TEXTS = OPTION_NAMES.filter((name) => FREE.includes(optionSpec(name).kind));

/** Values that hold the expression, each with what else must be said for it to be understood; `null`: no plan takes this option. */
const VALUES: Readonly<Record<string, readonly string[] | null>> = {
  // The connection itself.
  to: null,
  table: ["--table", SQL],
  columns: ["--no-header", "--columns", `k,n,${SQL}`],
  null: ["--null", SQL],
  nullIn: ["--null-in", `n=${SQL}`],
  defaultOnEmpty: ["--default-on-empty", SQL],
  // Two numbers.
  shard: null,
  // Files that a load is told in.
  junit: null,
  metrics: null,
  out: null,
  splitOut: null,
  // A way into a document.
  records: null,
  // One mark each; and letters of strptime, which are read before any statement is made.
  decimal: null,
  thousands: null,
  dateFormat: ["--date-format", `c=%Y-%m-%d ${SQL}`],
  keepEmpty: ["--keep-empty", SQL],
  map: ["--map", `n:${SQL}`, "--map", `${SQL}:n`],
  const: ["--const", `c=${SQL}`],
  value: ["--value", `c = ${SQL}`],
  lookup: ["--lookup", `c = t("${SQL}" = n) -> k`],
  // A tree of options, of which those that hold SQL are refused one by one: targets/nest-errors.
  nest: null,
  key: ["--key", SQL],
  constraint: ["--constraint", SQL],
  late: ["--key", "k", "--late", SQL],
  updateColumns: ["--key", "k", "--update-columns", SQL],
  keyWhere: ["--key", "n", "--key-where", `n > ${SQL}`],
  set: ["--key", "k", "--set", `n = ${SQL}`],
  updateWhere: ["--key", "k", "--update-where", `target.n < ${SQL}`],
  stamp: ["--key", "k", "--stamp", `c = ${SQL}`],
  // One byte each, or the name of a decoder: no expression fits.
  delimiter: null,
  quote: null,
  escape: null,
  encoding: null,
  comment: ["--comment", SQL],
  deleteWhen: ["--key", "k", "--delete-when", `n=${SQL}`],
  deleteWhere: ["--key", "k", "--delete-missing", "--delete-where", `n < ${SQL}`],
  deleteSet: [
    "--delete-missing",
    "--delete-where",
    "n > 0",
    "--key",
    "k",
    "--delete-set",
    `n = ${SQL}`,
  ],
  before: ["--before", `select ${SQL}`],
  after: ["--after", `select ${SQL}`],
  commit: null,
  maxDelete: null,
  maxRejects: null,
  // Names of tables, which are only compared.
  only: null,
  // A number, and names that are only looked up.
  diff: null,
  diffHide: null,
  // Digits.
  expectSha256: null,
  job: ["--job", SQL],
  // Of `upsurge jobs`: a parameter.
  forget: null,
  // A name, in quotes or without anything that would end it.
  checkpointTable: null,
  type: ["--alter", "--type", `m:int /* ${SQL} */`],
  // Paths, which no statement holds.
  config: null,
  envFile: null,
  rejectFile: null,
  report: null,
};

/** Every statement that a plan shows. */
interface Shown {
  readonly statements: readonly string[];
  readonly plan: Readonly<Record<"before" | "after", readonly { readonly sql: string }[]>> & {
    readonly ddl: { readonly statements: readonly string[] } | null;
    readonly removalSql?: { readonly scope: string; readonly remove: string };
  };
}

describe("options that hold SQL", () => {
  test("hold free text", () => {
    const others = OPTION_NAMES.filter((name) => !TEXTS.includes(name));

    expect(others.filter((name) => optionSpec(name).sql !== undefined)).toEqual([]);
  });

  test("are looked for among all that hold free text", () => {
    expect(Object.keys(VALUES).toSorted()).toEqual(TEXTS.toSorted());
  });

  for (const engine of ENGINES.filter(({ name }) => name !== "sqlserver")) {
    describe(`on ${engine.title}`, () => {
      const database = useDatabase(engine);
      const tried = TEXTS.filter((name) => VALUES[name] !== null);

      test.each(tried)(
        "%s: its value stands in a statement only if the table says so",
        async (name) => {
          await database.reset();
          const table = name === "table" ? `"${SQL}"` : "t";
          await database.exec(`create table ${table} (k int primary key, n int, c int, "${SQL}" int);
            create unique index part on ${table} (n) where n > ${SQL};`);
          // A table and an index cannot share a name.
          const index = name === "table" ? "other" : `"${SQL}"`;
          await database.exec(`create unique index ${index} on ${table} ("${SQL}")`);
          const cwd = tempDir({ "a.csv": `k,n,${SQL}\n1,2,3\n` });
          const into = ["--to", database.url, ...(name === "table" ? [] : ["--table", "t"])];

          const args = ["plan", "a.csv", ...into, ...given(name), "--json"];
          const { stdout, stderr } = await runUpsurge(args, { cwd });

          expect(stderr).toBe("");
          const { statements, plan } = JSON.parse(stdout) as Shown;
          const steps = [...plan.before, ...plan.after].map(({ sql }) => sql);
          const { scope = "", remove = "" } = plan.removalSql ?? {};
          const all = [...(plan.ddl?.statements ?? []), ...statements, ...steps, scope, remove];
          const unquoted = all.join("\n").replaceAll(/"(?:[^"]|"")*"/g, "");
          expect(unquoted.includes(SQL)).toBe(optionSpec(name).sql === true);
        },
      );
    });
  }
});

const HOLDING_SQL = OPTION_NAMES.filter((name) => optionSpec(name).sql === true);
const NOWHERE = ["none.csv", "--to", "none.db", "--table", "t"];

function given(name: OptionName): readonly string[] {
  return VALUES[name] ?? [];
}

describe("--no-raw-sql", () => {
  test.each(HOLDING_SQL)("refuses %s before anything is opened", async (name) => {
    for (const command of ["load", "plan"]) {
      const args = [command, ...NOWHERE, ...given(name)];
      const typed = await runUpsurge([...args, "--no-raw-sql"]);

      expect(typed.stderr).toContain(
        `${flagOf(name)} does not go with --no-raw-sql  OPTION_CONFLICT`,
      );
      expect(typed.exitCode).toBe(2);
      for (const pinned of ["1", "true"]) {
        const set = await runUpsurge(args, { env: { UPSURGE_NO_RAW_SQL: pinned } });
        expect(set).toEqual(typed);
      }
    }
  });

  test("lets everything else pass", async () => {
    const { stderr } = await runUpsurge([...NOWHERE, "--key", "k", "--no-raw-sql"]);

    expect(stderr).toContain("SOURCE_NOT_FOUND");
  });

  test.each(["", undefined])("is off when its variable is %j", async (value) => {
    const env = { UPSURGE_NO_RAW_SQL: value };
    const { stderr } = await runUpsurge([...NOWHERE, ...given("set")], { env });

    expect(stderr).toContain("SOURCE_NOT_FOUND");
  });

  test.each(["0", "false", "yes", "TRUE", " 1"])("is not guessed from %j", async (value) => {
    const env = { UPSURGE_NO_RAW_SQL: value };
    const { exitCode, stderr } = await runUpsurge([...NOWHERE, ...given("set")], { env });

    expect(stderr).toContain(`--no-raw-sql cannot be '${value}'  OPTION_VALUE`);
    expect(stderr).toContain("its variable takes 1 or true");
    expect(stderr).toContain("where: --no-raw-sql, from $UPSURGE_NO_RAW_SQL");
    expect(exitCode).toBe(2);
  });
});

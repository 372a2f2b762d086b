/** Options from the environment: what they give, what comes before them, what they cannot say, and how a plan tells of them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { explicitReason, variablesOf } from "../../src/options/layers/ambient.ts";
import { flagOf, OPTION_NAMES, optionSpec } from "../../src/options/flag.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

type Variables = Readonly<Record<string, string>>;

/** A folder with `shop.db` and `a.csv`. */
function shop(files: Readonly<Record<string, string>> = {}): string {
  const folder = tempDir();
  const database = new Database(join(folder, "shop.db"));
  database.exec("create table a (id integer primary key, n int)");
  database.close();
  for (const [path, content] of Object.entries({ "a.csv": "id,n\n1,5\n2,6\n", ...files })) {
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const INTO_A = ["a.csv", "--to", "shop.db", "--table", "a"];
const LOAD = [...INTO_A, "--progress", "none"];

async function load(
  cwd: string,
  env: Variables,
  words: readonly string[] = [],
): Promise<RunResult> {
  return await runUpsurge([...LOAD, ...words], { cwd, env });
}

function count(folder: string): unknown {
  const database = new Database(join(folder, "shop.db"), { readonly: true });
  try {
    return database.prepare("select count(*) from a").pluck().get();
  } finally {
    database.close();
  }
}

test("a variable gives an option, a flag comes before it, and a wrong value is told with its name", async () => {
  const folder = shop();
  const env = { UPSURGE_KEY: "id", UPSURGE_COMMIT: "1", UPSURGE_DRY_RUN: "true" };

  expect((await load(folder, env)).stdout).toMatch(/^dry run: [^]*inserted {2}2/);
  expect(count(folder)).toBe(0);
  expect((await load(folder, { UPSURGE_LIMIT: "1" }, ["--key", "id"])).stdout).toMatch(
    /inserted {2}1/,
  );
  expect(
    (await load(folder, { UPSURGE_LIMIT: "1" }, ["--limit", "2", "--key", "id"])).exitCode,
  ).toBe(0);
  expect(count(folder)).toBe(2);
  const wrong = await load(folder, { UPSURGE_COMMIT: "sometimes" });
  expect(wrong.stderr).toContain("error: --commit cannot be 'sometimes'  OPTION_VALUE");
  expect(wrong.stderr).toContain("where: --commit, from $UPSURGE_COMMIT\n");
});

test("a variable of a flag with digits in its name is blamed as well", async () => {
  const { stderr } = await load(shop(), { UPSURGE_EXPECT_SHA256: "abc" });

  expect(stderr).toContain("error: --expect-sha256 cannot be 'abc'  OPTION_VALUE");
  expect(stderr).toContain("where: --expect-sha256, from $UPSURGE_EXPECT_SHA256\n");
  expect(stderr).toContain("--expect-sha256 is left out with: unset UPSURGE_EXPECT_SHA256\n");
});

test.each([
  ["UPSURGE_TRIM", "1", "--trim"],
  ["UPSURGE_TRIM", "false", ""],
  ["UPSURGE_HEADER", "true", "--header"],
  ["UPSURGE_NULL", "x\ny", "--null x --null y"],
  ["UPSURGE_UPDATE_COLUMNS", "n", "--update-columns n"],
])("%s=%j is %s", async (variable, value, flags) => {
  const folder = shop();
  const plan = async (env: Variables, words: string): Promise<string> => {
    const more = words.split(" ").filter((word) => word !== "");
    const args = ["plan", ...INTO_A, "--key", "id", "--json", ...more];
    const { stdout } = await runUpsurge(args, { cwd: folder, env });
    return stdout.slice(0, stdout.indexOf('"given":'));
  };

  expect(await plan({ [variable]: value }, "")).toBe(await plan({}, flags));
});

test.each(["yes", "TRUE", " 1", "on"])("a flag is not guessed from %j", async (value) => {
  const { stderr, exitCode } = await load(shop(), { UPSURGE_DRY_RUN: value });

  expect(stderr).toContain("its variable takes 1 or true, 0 or false");
  expect(stderr).toContain("where: --dry-run, from $UPSURGE_DRY_RUN\n");
  expect(exitCode).toBe(2);
});

describe("what comes before what", () => {
  const MANIFEST = "loads:\n  - from: a.csv\n    mode: insert\n    trim: false\n";
  const CONFIG = "lock-timeout: 1s\nquiet: true\n";

  test("flag, manifest, environment, config, default; and the plan says so", async () => {
    const folder = shop({ "m.yaml": MANIFEST, "upsurge.config.yaml": CONFIG });
    const env = {
      UPSURGE_MODE: "update",
      UPSURGE_TRIM: "1",
      UPSURGE_LOCK_TIMEOUT: "2s",
      UPSURGE_STRATEGY: "native",
      UPSURGE_TABLE: "a",
    };
    const args = ["plan", "m.yaml", "--to", "shop.db", "--strategy", "auto", "--json"];
    const { stdout, stderr } = await runUpsurge(args, { cwd: folder, env });
    expect(stderr).toBe("");
    const { given, loads } = JSON.parse(stdout) as Record<"given" | "loads", { given: unknown }[]>;

    expect(given).toEqual([
      { flag: "--trim", values: [], from: "environment", where: "$UPSURGE_TRIM" },
      { flag: "--mode", values: ["update"], from: "environment", where: "$UPSURGE_MODE" },
      {
        flag: "--lock-timeout",
        values: ["2s"],
        from: "environment",
        where: "$UPSURGE_LOCK_TIMEOUT",
      },
    ]);
    expect(loads[0]?.given).toEqual([
      { flag: "--trim", values: ["false"], from: "manifest", where: "m.yaml:4:5" },
      { flag: "--mode", values: ["insert"], from: "manifest", where: "m.yaml:3:5" },
      {
        flag: "--lock-timeout",
        values: ["2s"],
        from: "environment",
        where: "$UPSURGE_LOCK_TIMEOUT",
      },
    ]);
  });

  test("as text, each option with where it comes from", async () => {
    const folder = shop({ "upsurge.config.yaml": "connections: { dev: shop.db }\nwait: 1s\n" });
    const env = { UPSURGE_TO: "@dev", UPSURGE_COMMIT: "10" };
    const args = ["plan", "a.csv", "--table", "a", "--key", "id"];
    const { stdout } = await runUpsurge(args, { cwd: folder, env });

    expect(stdout).toContain(
      [
        "options that no flag gives:",
        "  --to @dev    upsurge.config.yaml:1:21",
        "  --commit 10  $UPSURGE_COMMIT",
        "  --wait 1s    upsurge.config.yaml:2:1",
        "",
      ].join("\n"),
    );
    const typed = await runUpsurge([...args, "--to", "shop.db"], { cwd: shop() });
    expect(typed.stdout).not.toContain("no flag gives");
  });

  test("a flag takes the place of the variable of one that means the same", async () => {
    const folder = shop();
    const ignored = await load(folder, { UPSURGE_MODE: "update" }, ["--ignore", "--key", "id"]);
    const keyed = await load(folder, { UPSURGE_CONSTRAINT: "x" }, ["--key", "id"]);

    expect([ignored.exitCode, keyed.exitCode]).toEqual([0, 0]);
    expect(count(folder)).toBe(2);
  });

  test("what rules SQL out is taken back by nobody", async () => {
    const manifest = 'loads: [{ from: a.csv, set: { n: "1" } }]\ndefaults: { no-raw-sql: false }\n';
    const folder = shop({ "m.yaml": manifest });
    const env = { UPSURGE_NO_RAW_SQL: "1", UPSURGE_TO: "shop.db" };

    const { stderr } = await runUpsurge(["run", "m.yaml"], { cwd: folder, env });
    expect(stderr).toContain("--set does not go with --no-raw-sql  OPTION_CONFLICT");
  });
});

test("options that do not go together are found where they are given", async () => {
  const env = { UPSURGE_COMMIT: "10" };
  const { stderr, exitCode } = await load(shop(), env, ["--key", "id", "--delete-missing"]);

  expect(stderr).toContain("error: --delete-missing does not go with --commit 10  OPTION_CONFLICT");
  expect(stderr).toContain("unset UPSURGE_COMMIT\n");
  expect(stderr).toContain("where: --commit, from $UPSURGE_COMMIT\n");
  expect(exitCode).toBe(2);
});

test("a variable is of no concern to a command without its flag, nor to a load that it has no bearing on", async () => {
  const folder = shop();
  const env = {
    UPSURGE_KEY: "nix",
    UPSURGE_WRITERS: "4",
    UPSURGE_IF_LOCKED: "wait",
    UPSURGE_KEEP_JOB: "true",
    UPSURGE_FOLLOW_APPEND: "true",
    UPSURGE_DIFF: "3",
    UPSURGE_DIFF_HIDE: "n",
    UPSURGE_ONLY: "a",
  };

  for (const args of [
    ["run", ".", "--to", "shop.db", "--progress", "none"],
    // A load that is committed once is no job, whatever that is called.
    ["run", ".", "--to", "shop.db", "--progress", "none", "--commit", "all"],
    ["run", ".", "--to", "shop.db", "--progress", "none", "--commit", "load"],
    ["plan", ".", "--to", "shop.db"],
    ["jobs", "--to", "shop.db"],
    [...LOAD, "--key", "id"],
    // One commit at the end is what a load does anyway.
    [...LOAD, "--key", "id", "--commit", "end"],
  ]) {
    const { exitCode, stderr } = await runUpsurge(args, { cwd: folder, env });
    const said =
      args[0] === "run" ? /come from the environment: --only a \(\$UPSURGE_ONLY\)\n$/ : /^$/;
    expect([args, exitCode, stderr]).toEqual([args, 0, expect.stringMatching(said)]);
  }
});

test("a flag is given whatever its value is called: a column or a job called end, false or 0", async () => {
  const folder = shop({ "b.csv": "end,false,0\n1,2,3\n" });
  const database = new Database(join(folder, "shop.db"));
  database.exec('create table b ("end" int primary key, "false" int unique, "0" int unique)');
  database.close();
  const into = ["b.csv", "--to", "shop.db", "--table", "b", "--progress", "none"];
  for (const column of ["end", "false", "0"]) {
    const env = { UPSURGE_CONSTRAINT: "nix", UPSURGE_IF_LOCKED: "sometimes" };
    const { exitCode, stderr } = await runUpsurge([...into, "--key", column], { cwd: folder, env });
    expect([exitCode, stderr]).toEqual([0, ""]);
    const job = await runUpsurge([...into, "--key", column, "--job", column], { cwd: folder, env });
    expect([job.exitCode, job.stderr]).toEqual([
      2,
      expect.stringContaining("error: --if-locked cannot be 'sometimes'  OPTION_VALUE"),
    ]);
  }
});

test("a load says which variables change what is loaded, and no others", async () => {
  const folder = shop();
  const env = {
    UPSURGE_LIMIT: "1",
    UPSURGE_NULL: "5\nNULL",
    UPSURGE_MAX_REJECTS: "1%",
    UPSURGE_HEADER: "true",
    UPSURGE_BATCH_ROWS: "7",
    UPSURGE_STRATEGY: "auto",
    UPSURGE_RETRY_TIMEOUT: "1s",
    UPSURGE_PROGRESS: "none",
    UPSURGE_KEY: "nix",
    UPSURGE_TO: "shop.db",
  };
  const said =
    "options come from the environment: --header ($UPSURGE_HEADER), --limit 1 ($UPSURGE_LIMIT), --null 5 --null NULL ($UPSURGE_NULL), --max-rejects 1% ($UPSURGE_MAX_REJECTS)";

  const { stderr } = await runUpsurge(["a.csv", "--table", "a", "--key", "id"], {
    cwd: folder,
    env,
  });
  expect(stderr).toContain(`${said}\n`);
  expect(stderr.split("\n")).toHaveLength(2);
  const typed = await load(
    folder,
    env,
    "--key id --limit 1 --null 5 --max-rejects 1 --header".split(" "),
  );
  expect(typed.stderr).toBe("");
  const pieces = ["split", "a.csv", "--key", "id", "--shards", "2", "--out", "pieces"];
  const split = await runUpsurge(pieces, { cwd: folder, env: { UPSURGE_LIMIT: "1" } });
  expect(split.stderr).toContain("--limit 1 ($UPSURGE_LIMIT)\n");
  const plan = await runUpsurge(["plan", ...INTO_A, "--key", "id"], { cwd: folder, env });
  expect(plan.stderr).not.toContain("come from the environment");
});

test("a run says it of all its loads", async () => {
  const folder = shop({ "m.yaml": "loads: [{ from: a.csv, table: a, key: id }]\n" });
  const env = { UPSURGE_MODE: "ignore", UPSURGE_DRY_RUN: "1", UPSURGE_TABLE: "nix" };
  const { stderr } = await runUpsurge(["run", "m.yaml", "--to", "shop.db", "--progress", "none"], {
    cwd: folder,
    env,
  });
  expect(stderr).toContain("--mode ignore ($UPSURGE_MODE), --dry-run ($UPSURGE_DRY_RUN)\n");
});

test("a job that a variable changes is another one", async () => {
  const folder = shop();
  const words = ["--key", "id", "--job", "j", "--commit", "1"];
  await load(folder, {}, words);
  const { stderr } = await load(folder, { UPSURGE_MODE: "update" }, words);

  expect(stderr).toContain("JOB_OPTIONS");
});

describe("what no variable says", () => {
  const explicit = OPTION_NAMES.filter((name) => explicitReason(name) !== null);

  test("is everything that holds SQL, deletes, truncates, creates or resets", () => {
    const told = OPTION_NAMES.filter(
      (name) => optionSpec(name).sql === true || optionSpec(name).removes === true,
    );
    expect(explicit).toEqual(expect.arrayContaining(told));
    expect(explicit).toEqual(
      expect.arrayContaining([
        "create",
        "alter",
        "truncate",
        "resetJob",
        "forget",
        "lookupMissing",
      ]),
    );
    expect(explicit.flatMap(variablesOf)).toEqual([]);
  });

  test.each([...new Set(explicit.map(flagOf))])("%s", async (flag) => {
    const variable = `UPSURGE_${flag.slice(2).replaceAll("-", "_").toUpperCase()}`;
    const folder = shop();
    const { stderr, exitCode } = await load(folder, { [variable]: "1" }, ["--key", "id"]);

    expect(stderr).toContain(`error: the variable ${variable} gives no option  OPTION_VARIABLE`);
    expect(stderr).toContain(`fix:   unset ${variable}, and pass ${flag}`);
    expect([exitCode, count(folder)]).toEqual([2, 0]);
  });
});

describe("a variable that is none", () => {
  test.each([
    ["UPSURGE_DRY_RN", "UPSURGE_DRY_RUN"],
    ["UPSURGE_COMITT", "UPSURGE_COMMIT"],
    ["UPSURGE_LOGFORMAT", "UPSURGE_LOG_FORMAT"],
    ["UPSURGE_TABLES", "UPSURGE_TABLE"],
  ])("%s stops the load: %s is meant", async (variable, meant) => {
    const folder = shop();
    const { stderr, exitCode } = await load(folder, { [variable]: "1" }, ["--key", "id"]);

    expect(stderr).toContain(`did you mean ${meant}?`);
    expect([exitCode, count(folder)]).toEqual([2, 0]);
  });

  test("and is like no other is told of, unless a manifest names it", async () => {
    const folder = shop({ "m.yaml": "to: ${UPSURGE_SECRETS_URL}\nloads: [{ from: a.csv }]\n" });
    const env = { UPSURGE_SECRETS_URL: "shop.db" };
    const told = await load(folder, env);
    const named = await runUpsurge(["run", "m.yaml", "--progress", "none"], { cwd: folder, env });

    expect(told.stderr).toContain("the variable UPSURGE_SECRETS_URL gives no option");
    expect([told.exitCode, named.exitCode, named.stderr]).toEqual([0, 0, ""]);
  });

  test("of a service of Kubernetes is passed over", async () => {
    const env = {
      UPSURGE_SERVICE_HOST: "10.0.0.1",
      UPSURGE_SERVICE_PORT: "80",
      UPSURGE_SERVICE_PORT_HTTP: "80",
      UPSURGE_PORT: "tcp://10.0.0.1:80",
      UPSURGE_PORT_80_TCP: "tcp://10.0.0.1:80",
      UPSURGE_PORT_80_TCP_ADDR: "10.0.0.1",
      UPSURGE_DB_PORT_5432_TCP_PROTO: "tcp",
    };
    const { stderr, exitCode } = await load(shop(), env);

    expect([stderr, exitCode]).toEqual(["", 0]);
  });
});

/** A config at a terminal: named connections, hosts that are refused, output options, and everything that it must not say. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunOptions, RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

/** A folder with `shop.db`, `a.csv` and these files. */
function shop(files: Readonly<Record<string, string>>): string {
  const folder = tempDir();
  const database = new Database(join(folder, "shop.db"));
  database.exec("create table a (id integer primary key, n int)");
  database.close();
  for (const [path, content] of Object.entries({ "a.csv": "id,n\n1,5\n", ...files })) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const configured = (yaml: string): string => shop({ "upsurge.config.yaml": yaml });

async function load(
  cwd: string,
  words: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const args = ["a.csv", "--table", "a", "--key", "id", "--progress", "none", ...words];
  return await runUpsurge(args, { cwd, ...options });
}

function count(folder: string): unknown {
  const database = new Database(join(folder, "shop.db"), { readonly: true });
  try {
    return database.prepare("select count(*) from a").pluck().get();
  } finally {
    database.close();
  }
}

describe("a connection is called by its name", () => {
  const CONFIG = "connections:\n  dev: shop.db\n  other: ${OTHER}\n";

  test("by a flag, by the environment, and by a manifest", async () => {
    const folder = configured(CONFIG);
    writeFileSync(join(folder, "m.yaml"), 'to: "@dev"\nloads: [{ from: a.csv }]\n');

    for (const result of [
      await load(folder, ["--to", "@dev"]),
      await load(folder, [], { env: { UPSURGE_TO: "@dev" } }),
      await load(folder, ["--to", "@other"], { env: { OTHER: "sqlite:shop.db" } }),
      await runUpsurge(["run", "m.yaml", "--progress", "none"], { cwd: folder }),
      await runUpsurge(["inspect", "--to", "@dev"], { cwd: folder }),
      await runUpsurge(["jobs", "--to", "@dev"], { cwd: folder }),
    ]) {
      expect([result.exitCode, result.stderr]).toEqual([0, ""]);
    }
    expect(count(folder)).toBe(1);
  });

  test("in a file that is named, whose folder its database file is relative to", async () => {
    const folder = shop({ "ops/db.yaml": "connections: { dev: ../shop.db }\n" });

    expect((await load(folder, ["--to", "@dev", "--config", "ops/db.yaml"])).exitCode).toBe(0);
    const env = { UPSURGE_CONFIG: "ops/db.yaml" };
    expect((await load(folder, ["--to", "@dev"], { env })).exitCode).toBe(0);
  });

  test("with variables from a file, and none of those that are not used", async () => {
    const folder = configured(CONFIG);
    writeFileSync(join(folder, ".env"), "OTHER=shop.db\n");
    const result = await load(folder, ["--to", "@other", "--env-file", ".env"]);

    expect([result.exitCode, result.stderr]).toEqual([0, ""]);
    const missing = await load(folder, ["--to", "@other"]);
    expect(missing.stderr).toMatch(/^error: the variable OTHER is not set {2}CONFIG_VALUE$/m);
    expect(missing.stderr).toContain("where: upsurge.config.yaml:3:10\n");
  });

  test("and a name that is none is told, with the near one", async () => {
    const folder = configured(CONFIG);
    const wrong = await load(folder, ["--to", "@dve"]);

    expect(wrong.stderr).toBe(
      "error: no connection is called @dve  CONFIG_CONNECTION\ncause: upsurge.config.yaml has @dev, @other\nfix:   did you mean --to @dev?\nwhere: --to\n",
    );
    const nowhere = await load(shop({}), [], { env: { UPSURGE_TO: "@dev" } });
    expect(nowhere.stderr).toContain("this folder has none");
    expect(nowhere.stderr).toContain("where: --to, from $UPSURGE_TO\n");
    expect([wrong.exitCode, nowhere.exitCode]).toEqual([2, 2]);
  });

  test("and is not read from the config of the folder for a variable that is not set", async () => {
    const folder = configured(CONFIG);
    const { stderr, exitCode } = await load(folder, ["--to", "@dev", "--config", ""]);

    expect(stderr).toBe(
      "error: --config cannot be ''  OPTION_VALUE\ncause: it takes the name of a file\nfix:   for example --config ops/upsurge.config.yaml\nwhere: --config\n",
    );
    expect([exitCode, count(folder)]).toEqual([2, 0]);
  });

  test("and is not asked for where a file is inspected", async () => {
    const args = ["inspect", "a.csv"];
    const { exitCode, stderr } = await runUpsurge(args, {
      cwd: shop({}),
      env: { UPSURGE_TO: "@x" },
    });

    expect([exitCode, stderr]).toEqual([0, ""]);
  });

  test("but a file whose name begins so is a file", async () => {
    const folder = configured(CONFIG);
    const { stderr } = await load(folder, ["--to", "@dev.db"]);

    expect(stderr).toContain("TARGET_NOT_FOUND");
  });
});

test("a password in the file is told of, and never shown", async () => {
  const folder = configured("connections:\n  prod: postgres://u:geheim@127.0.0.1:1/x\n");
  const { stderr, exitCode } = await load(folder, ["--to", "@prod"]);

  expect(stderr).toContain(
    "upsurge.config.yaml:2:9: the connection prod holds its password; write ${PROD_PASSWORD} in its place",
  );
  expect(stderr).not.toContain("geheim");
  expect(exitCode).toBe(75);
  const hidden = configured("connections:\n  prod: postgres://u:${PW}@127.0.0.1:1/x\n");
  const quiet = await load(hidden, ["--to", "@prod"], { env: { PW: "geheim" } });
  expect(quiet.stderr).not.toMatch(/geheim|holds its password/);
});

test("hosts are refused, whoever names them", async () => {
  const folder = configured('connections: { it: shop.db }\nrefuse-hosts: ["*shop.db"]\n');

  for (const words of [
    ["load", "a.csv", "--table", "a"],
    ["plan", "a.csv", "--table", "a"],
    ["run", "."],
  ]) {
    for (const to of ["@it", "sqlite:shop.db"]) {
      const { stderr, exitCode } = await runUpsurge([...words, "--to", to], { cwd: folder });
      expect(stderr).toContain("error: the config refuses to load into");
      expect(stderr).toContain("where: upsurge.config.yaml:2:16\n");
      expect(exitCode).toBe(2);
    }
  }
  const looked = await runUpsurge(["inspect", "--to", "@it"], { cwd: folder });
  expect([looked.exitCode, count(folder)]).toEqual([0, 0]);
});

describe("output options", () => {
  test("count where nothing else is said", async () => {
    const folder = shop({ "ops/c.yaml": "report: out.json\nquiet: true\nlog-format: json\n" });
    const words = ["--to", "shop.db", "--config", "ops/c.yaml"];
    const { stdout, exitCode } = await load(folder, words);

    expect([exitCode, stdout]).toEqual([0, ""]);
    expect(JSON.parse(readFileSync(join(folder, "ops/out.json"), "utf8"))).toMatchObject({
      status: "ok",
    });
    await load(folder, [...words, "--report", "typed.json"]);
    expect(existsSync(join(folder, "typed.json"))).toBe(true);
    const loud = await load(folder, words, { env: { UPSURGE_QUIET: "0" } });
    expect(loud.stdout).toMatch(/unchanged {2}1/);
    const failed = await load(folder, [...words, "--key", "nix"]);
    expect(JSON.parse(failed.stderr)).toMatchObject({ event: "error" });
  });

  test("and are passed over where they have no bearing", async () => {
    const folder = configured("diff: 5\ndiff-hide: [n]\nlock-timeout: 5s\nreport: r.json\n");
    writeFileSync(join(folder, "seeds.csv"), "");

    expect((await load(folder, ["--to", "shop.db"])).exitCode).toBe(0);
    const checked = await load(folder, ["--to", "shop.db", "--check"]);
    expect([checked.exitCode, checked.stderr]).toEqual([0, ""]);
    for (const command of [["inspect"], ["jobs"], ["plan", "a.csv", "--table", "a"]]) {
      const { exitCode } = await runUpsurge([...command, "--to", "shop.db"], { cwd: folder });
      expect([command, exitCode]).toEqual([command, 0]);
    }
  });

  test.each(["/tmp/out.json", "../out.json", "a/../../out.json", "${DIR}/out.json"])(
    "but a config that nobody named writes no file outside of its folder: %s",
    async (path) => {
      const folder = configured(`report: ${path}\n`);
      const env = { DIR: ".." };
      const { stderr, exitCode } = await load(folder, ["--to", "shop.db"], { env });

      expect(stderr).toMatch(/^error: report cannot be '.*out\.json' {2}CONFIG_VALUE$/m);
      expect(stderr).toContain(
        "fix:   name the config if it is yours: --config upsurge.config.yaml",
      );
      expect([exitCode, count(folder)]).toEqual([2, 0]);
    },
  );

  test("that is named does", async () => {
    const out = join(tempDir(), "out.json");
    const folder = configured(`report: ${out}\n`);
    const named = ["--config", "upsurge.config.yaml"];

    expect((await load(folder, ["--to", "shop.db", ...named])).exitCode).toBe(0);
    expect(existsSync(out)).toBe(true);
  });

  test.each(["", "# nothing\n\n  # at all\n"])("none is said by %j", async (text) => {
    expect((await load(configured(text), ["--to", "shop.db"])).exitCode).toBe(0);
  });

  test("none is read from /dev/null", async () => {
    const { exitCode } = await load(configured("nonsense: 1\n"), [
      "--to",
      "shop.db",
      "--config",
      "/dev/null",
    ]);

    expect(exitCode).toBe(0);
  });
});

describe("a config that is wrong", () => {
  test.each([
    ["connection: { a: b.db }", "CONFIG_NAME", "1:1", "did you mean connections?"],
    ["log_format: json", "CONFIG_NAME", "1:1", "did you mean log-format?"],
    ["to: shop.db", "CONFIG_NAME", "1:1", "--to @NAME"],
    ["truncate: true", "CONFIG_NAME", "1:1", "pass --truncate to the load"],
    ["delete-missing: true", "CONFIG_NAME", "1:1", "pass --delete-missing to the load"],
    ["set: n = 1", "CONFIG_NAME", "1:1", "pass --set to the load"],
    ["after: drop table a", "CONFIG_NAME", "1:1", "pass --after to the load"],
    ["create: true", "CONFIG_NAME", "1:1", "pass --create to the load"],
    ["reset-job: true", "CONFIG_NAME", "1:1", "pass --reset-job to the load"],
    ["key: id", "CONFIG_NAME", "1:1", "or set UPSURGE_KEY"],
    ["quiet: true\nlog-format: xml", "CONFIG_VALUE", "2:13", "pass one of those"],
    ["lock-timeout: 5", "CONFIG_VALUE", "1:15", "for example lock-timeout: 5m"],
    ["report: ${NIX}", "CONFIG_VALUE", "1:9", "set NIX"],
    ["connections: [a.db]", "CONFIG_VALUE", "1:14", "a mapping such as"],
    ["connections: { a: [b.db] }", "CONFIG_VALUE", "1:19", "one URL"],
    ["connections:\n  a.b: c.db", "CONFIG_VALUE", "2:3", "write a-b:"],
    ["refuse-hosts: [postgres://x]", "CONFIG_VALUE", "1:16", "for example refuse-hosts"],
    ["- a", "CONFIG_YAML", "1:1", "begin it with connections:"],
    ["a: b: c", "CONFIG_YAML", "1:4", "quotes"],
    ["quiet: true\nquiet: false", "CONFIG_YAML", "2:1", "keep one of the two"],
  ])("%j is %s at %s", async (yaml, code, at, fix) => {
    const folder = configured(yaml);
    const { stderr, exitCode } = await load(folder, ["--to", "shop.db"]);

    expect(stderr).toMatch(new RegExp(`^error: .* {2}${code}$`, "m"));
    expect(stderr).toContain(`\nwhere: upsurge.config.yaml:${at}\n`);
    expect(/^fix: +(.*)$/m.exec(stderr)?.[1]).toContain(fix);
    expect([exitCode, count(folder)]).toEqual([2, 0]);
  });

  test("and one that is not there", async () => {
    const folder = configured("quiet: true\n");
    const { stderr, exitCode } = await load(folder, [
      "--to",
      "x.db",
      "--config",
      "upsurg.config.yaml",
    ]);

    expect(stderr).toMatch(/^error: the config upsurg.config.yaml cannot be read {2}CONFIG_FILE$/m);
    expect(stderr).toContain("did you mean upsurge.config.yaml?");
    expect(exitCode).toBe(2);
  });
});

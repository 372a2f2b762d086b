/** What is wrong with a manifest: each has its own code, its place and a fix, before anything is connected; with the fix, it runs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { A, NAMES, VARIABLES, YAML } from "./manifest-wrong.ts";
import { VALUES } from "./manifest-wrong-values.ts";

/** A folder with a database `shop.db` and some files. */
function shop(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = tempDir();
  const database = new Database(join(folder, "shop.db"));
  database.exec(
    "create table a (id integer primary key, n int, code text unique); create table keyed (x int unique, y int unique)",
  );
  database.close();
  const always = { "a.csv": "id,n\n1,5\n", "seeds/a.csv": "id\n2\n", "keyed.csv": "x,y\n1,1\n" };
  for (const [path, content] of Object.entries({ ...always, ...files })) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

function rowsOf(folder: string): number {
  const database = new Database(join(folder, "shop.db"), { readonly: true });
  try {
    return database.prepare("select * from a").all().length;
  } finally {
    database.close();
  }
}

/** The fields of an error. */
function toldBy(stderr: string): Readonly<Record<string, string | undefined>> {
  const of = (name: string): string | undefined =>
    new RegExp(`^${name}: +(.*)$`, "m").exec(stderr)?.[1];
  return { error: of("error"), fix: of("fix"), where: of("where") };
}

describe.each(Object.entries({ NAMES, VALUES, YAML, VARIABLES }))("%s", (_, cases) => {
  test.each(Object.entries(cases))("%s", async (...[, { yaml, code, at, fix, right }]) => {
    const folder = shop({ "m.yaml": yaml, "right.yaml": right ?? "" });
    const env = { DIR: "." };
    // A variable without braces is only missed where the manifest's database is asked for.
    const to = yaml.startsWith("to: $") ? {} : { UPSURGE_TO: "shop.db" };
    const wrong = await runUpsurge(["run", "m.yaml"], { cwd: folder, env: { ...env, ...to } });

    const told = toldBy(wrong.stderr);
    expect(told.error).toMatch(new RegExp(` {2}${code}$`));
    expect(told.fix).toContain(fix);
    expect(told.where).toBe(`m.yaml:${at}`);
    expect([wrong.exitCode, rowsOf(folder)]).toEqual([code.startsWith("SOURCE_") ? 6 : 2, 0]);
    if (right === null) return;
    const next = await runUpsurge(["run", "right.yaml"], { cwd: folder, env: { ...env, ...to } });
    expect(next.exitCode, next.stderr).toBe(0);
  });
});

describe("files", () => {
  test("a manifest that is not there, or cannot be read", async () => {
    const folder = shop({ "seed.yaml": A, "utf16.yaml": Buffer.from(`\uFEFF${A}`, "utf16le") });
    mkdirSync(join(folder, "folder.yaml"));
    const cwd = folder;
    const missing = await runUpsurge(["run", "sed.yaml", "--to", "shop.db"], { cwd });
    const encoded = await runUpsurge(["run", "utf16.yaml", "--to", "shop.db"], { cwd });
    const isFolder = await runUpsurge(["run", "folder.yaml", "--to", "shop.db"], { cwd });
    writeFileSync(join(folder, "seed.yaml"), `#${"#".repeat(9_000_000)}`);
    const large = await runUpsurge(["run", "seed.yaml", "--to", "shop.db"], { cwd });

    expect(missing.stderr).toContain("MANIFEST_FILE");
    expect(missing.stderr).toContain("fix:   did you mean seed.yaml?\nwhere: sed.yaml");
    expect(encoded.stderr).toContain("it is not in UTF-8");
    expect(isFolder.stderr).toContain("RUN_NO_FILES");
    expect(large.stderr).toContain("9000001 bytes long");
  });

  test("a manifest beside another, or beside a folder", async () => {
    const folder = shop({ "seed.yaml": A, "b.yml": A });
    for (const others of [["b.yml"], ["seeds"], ["seed.yaml"]]) {
      for (const command of ["run", "plan"]) {
        const words = [command, "seed.yaml", ...others, "--to", "shop.db"];
        const { stderr, exitCode } = await runUpsurge(words, { cwd: folder });

        expect(stderr).toMatch(/MANIFEST_MIXED\n[^]*fix: {3}name seed\.yaml alone/);
        expect(exitCode).toBe(2);
      }
    }
  });

  test("an option of one load beside the plan of a manifest", async () => {
    const folder = shop({ "seed.yaml": A });
    const words = ["plan", "seed.yaml", "--to", "shop.db", "--key", "id"];
    const { stderr } = await runUpsurge(words, { cwd: folder });

    expect(stderr).toContain("leave --key out, or write it in the load");
  });

  test("a file of variables that is not there, or is none", async () => {
    const folder = shop({ "seed.yaml": A, ".env": "A=1\nno variable\n", "b.env": "A='1" });
    const of = async (file: string): Promise<string> => {
      const words = ["run", "seed.yaml", "--to", "shop.db", "--env-file", file];
      const { stderr, exitCode } = await runUpsurge(words, { cwd: folder });
      expect(exitCode).toBe(2);
      return stderr;
    };

    expect(await of(".emv")).toMatch(/MANIFEST_ENV_FILE\n[^]*did you mean \.env\?\nwhere: \.emv/);
    expect(await of(".env")).toContain("where: .env:2:1");
    expect(await of("b.env")).toContain("the value of A begins with a quote");
  });
});

describe("a host that is refused", () => {
  const manifest = `to: postgres://u@db.prod.example.com/d\nrefuse-hosts: ["*.prod.example.com", prod.db]\n${A}`;

  test.each([
    ["of the manifest", [], {}],
    ["in capitals, with a dot at its end", ["--to", "postgres://u@DB.Prod.Example.COM./d"], {}],
    ["as one of several", ["--to", "postgres://u@localhost,db.prod.example.com:5/d"], {}],
    ["as words", ["--to", "host=db.prod.example.com dbname=d"], {}],
    ["by an address beside it", ["--to", "postgres://db.prod.example.com/d?hostaddr=10.0.0.1"], {}],
    ["of the environment", ["--to", "postgres:///d"], { PGHOST: "db.prod.example.com" }],
    ["of a service", ["--to", "postgres:///d?service=live"], { PGSERVICEFILE: "services" }],
    ["of a file of variables", ["--to", "postgres:///d", "--env-file", "vars.env"], {}],
    ["of SQL Server", ["--to", "sqlserver://sa:x@db.prod.example.com/d"], {}],
    ["of SQL Server, as words", ["--to", "Server=tcp:db.prod.example.com,1433;User Id=sa"], {}],
    ["a database file", ["--to", "sqlite:data/prod.db"], {}],
  ])("%s", async (_, words, env) => {
    const folder = shop({
      "seed.yaml": manifest,
      services: "[live]\nhost=db.prod.example.com\n",
      "vars.env": "PGHOST=db.prod.example.com\n",
    });
    for (const command of ["run", "plan"]) {
      const args = [command, "seed.yaml", ...words];
      const { stderr, exitCode } = await runUpsurge(args, { cwd: folder, env });

      expect(stderr).toContain("RUN_HOST_REFUSED");
      expect(stderr).toMatch(/where: seed\.yaml:2:(?:16|38)/);
      expect(exitCode).toBe(2);
    }
  });

  test("lets others pass, as the fix says", async () => {
    const folder = shop({ "seed.yaml": manifest });
    const { exitCode, stderr } = await runUpsurge(["run", "seed.yaml", "--to", "shop.db"], {
      cwd: folder,
    });

    expect(exitCode, stderr).toBe(0);
  });
});

/**
 * The package as a user gets it: packed from a clean copy of the project, installed without scripts into an empty folder and
 * globally, with an empty HOME, on each Node by the npm that is here or by npm 12; then it loads into SQLite and PostgreSQL.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { otherNode, packageFolder } from "../helpers/other-node.ts";
import type { OtherNode } from "../helpers/other-node.ts";
import { openPostgres } from "../helpers/postgres-database.ts";
import { openSqliteFile } from "../helpers/sqlite-file.ts";
import { tempDir, useTempDir } from "../helpers/temp-dir.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly version: string;
};

/** Each Node, and npm 12 on the first that it runs on and on the last. */
const CASES = [
  ["20", "own"],
  ["22", "12"],
  ["24", "own"],
  ["26", "own"],
  ["26", "12"],
] as const;

/** What a machine needs to reach the network, and nothing of npm's, of vitest's or of a user's own. */
const OUTER = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|VITEST|UPSURGE|NODE_OPTIONS|XDG_|DATABASE_URL|PG)/i.test(name),
  ),
);

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Node, an npm, and a home that nothing was ever installed in. */
class Machine {
  readonly #node: OtherNode;
  readonly #npm: string;
  readonly #home = tempDir();

  constructor(node: OtherNode, npm: string) {
    this.#node = node;
    this.#npm = npm;
  }

  /** Gives it to a user whose home others may write to, or may not. */
  open(isOpen: boolean): void {
    chmodSync(this.#home, isOpen ? 0o777 : 0o755);
  }

  /** The files that the program keeps for its next start. */
  get kept(): readonly string[] {
    const folder = join(this.#home, ".cache/upsurge");
    return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
  }

  run(file: string, args: readonly string[], cwd: string): Answer {
    const env = {
      ...OUTER,
      HOME: this.#home,
      PATH: this.#node.path,
      npm_config_update_notifier: "false",
    };
    return spawnSync(file, args, { cwd, env, encoding: "utf8" });
  }

  npm(args: readonly string[], cwd: string): void {
    const quiet = ["--no-audit", "--no-fund"];
    const { status, stdout, stderr } = this.run(
      this.#node.node,
      [this.#npm, ...args, ...quiet],
      cwd,
    );
    if (status !== 0) throw new Error(`npm ${args.join(" ")}\n${stdout}${stderr}`);
  }

  node(args: readonly string[], cwd: string): Answer {
    return this.run(this.#node.node, args, cwd);
  }
}

/** The script of an npm: of the one that is found first, or of a version. */
function npmScript(which: "own" | "12"): string {
  if (which === "12") return join(packageFolder("npm", "12"), "bin/npm-cli.js");
  const { stdout } = spawnSync("which", ["npm"], { encoding: "utf8" });
  return realpathSync(stdout.trim());
}

/** Packs a copy of the project that was never built; the tarball's path. */
function pack(into: string): string {
  const clean = join(into, "project");
  const left = new Set(["node_modules", "dist", ".git", ".cache", "coverage"]);
  cpSync(ROOT, clean, { recursive: true, filter: (path) => !left.has(relative(ROOT, path)) });
  symlinkSync(realpathSync(join(ROOT, "node_modules")), join(clean, "node_modules"));
  const { status, stderr } = spawnSync("npm", ["pack", "--pack-destination", into], {
    cwd: clean,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  const tarball = readdirSync(into).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`npm pack has left no tarball\n${stderr}`);
  return join(into, tarball);
}

/** A folder with a source and an empty table to load it into. */
function folder(): string {
  const cwd = tempDir({ "people.csv": "id,name\n1,Ada\n2,Zoë\n" });
  const db = openSqliteFile(join(cwd, "people.db"));
  db.exec("create table people (id integer primary key, name text)");
  db.close();
  return cwd;
}

function rowsIn(cwd: string): unknown[][] {
  const db = openSqliteFile(join(cwd, "people.db"));
  const rows = db.rows("select * from people order by id");
  db.close();
  return rows;
}

const INTO_SQLITE = ["people.csv", "--to", "people.db", "--table", "people", "--key", "id"];

/** What a load into SQLite needs before Node 22.13: here the one that this project has, as its install would leave it. */
function addDriver(modules: string): void {
  for (const name of ["better-sqlite3", "bindings", "file-uri-to-path"]) {
    const from = realpathSync(join(ROOT, "node_modules", name));
    cpSync(from, join(modules, name), {
      recursive: true,
      filter: (path) => !path.endsWith("/deps"),
    });
  }
}

describe("the packed program", () => {
  const place = useTempDir();
  let tarball = "";
  beforeAll(() => {
    tarball = pack(place.path);
  });

  describe.each(CASES)("Node %s, npm %s", (version, which) => {
    const machine = (): Machine | null => {
      const node = otherNode(version);
      if (node === null) console.log(`Node ${version} is not tried: no binary for this machine`);
      return node === null ? null : new Machine(node, npmScript(which));
    };

    test("in a folder of its own: version, library, SQLite and PostgreSQL", async () => {
      const here = machine();
      if (here === null) return;
      const cwd = folder();
      here.npm(["install", "--ignore-scripts", tarball], cwd);
      const upsurge = join(cwd, "node_modules/.bin/upsurge");
      here.open(true);
      here.run(upsurge, ["--version"], cwd);
      expect(here.kept).toEqual([]);
      here.open(false);
      expect(
        readdirSync(join(cwd, "node_modules")).filter((name) => !name.startsWith(".")),
      ).toEqual(["upsurge"]);

      expect(here.run(upsurge, ["--version"], cwd)).toMatchObject({
        stdout: `upsurge ${VERSION}\n`,
        stderr: "",
      });
      writeFileSync(
        join(cwd, "use.mjs"),
        `import { load } from "upsurge"; console.log(typeof load);`,
      );
      expect(here.node(["use.mjs"], cwd)).toMatchObject({ stdout: "function\n", stderr: "" });
      if (version === "20") {
        const { stderr } = here.run(upsurge, INTO_SQLITE, cwd);
        expect(stderr).toContain("\nfix:   npm install better-sqlite3@12\n");
        addDriver(join(cwd, "node_modules"));
      }
      expect(here.run(upsurge, INTO_SQLITE, cwd)).toMatchObject({ status: 0, stderr: "" });
      expect(rowsIn(cwd)).toEqual([
        [1n, "Ada"],
        [2n, "Zoë"],
      ]);
      await loadsIntoPostgres((args) => here.run(upsurge, args, cwd));
      expect(here.kept).toEqual([expect.stringMatching(/^v[\d.]+-\w+-\w+\.code$/)]);
    });

    test("globally, from any folder; a driver that is missing is named with -g", () => {
      const here = machine();
      if (here === null) return;
      const [prefix, cwd] = [tempDir(), folder()];
      here.npm(["install", "-g", "--prefix", prefix, "--ignore-scripts", tarball], cwd);
      const upsurge = join(prefix, "bin/upsurge");
      if (version === "20") {
        const { stderr } = here.run(upsurge, INTO_SQLITE, cwd);
        expect(stderr).toContain(`\nfix:   npm install -g --prefix ${prefix} better-sqlite3@12\n`);
        addDriver(join(prefix, "lib/node_modules"));
      }

      expect(here.run(upsurge, INTO_SQLITE, cwd)).toMatchObject({ status: 0, stderr: "" });
      expect(rowsIn(cwd)).toHaveLength(2);
      const to = ["--to", "sqlserver://sa:x@localhost/shop", "--table", "people", "--key", "id"];
      expect(here.run(upsurge, ["people.csv", ...to], cwd)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`\nfix:   npm install -g --prefix ${prefix} mssql@12\n`),
      });
    });
  });
});

async function loadsIntoPostgres(run: (args: readonly string[]) => Answer): Promise<void> {
  const database = await openPostgres();
  try {
    await database.exec("create table people (id int primary key, name text)");
    const args = ["people.csv", "--to", database.url, "--table", "people", "--key", "id"];
    expect(run(args)).toMatchObject({ status: 0, stderr: "" });
    expect(await database.rows("select * from people order by 1")).toEqual([
      ["1", "Ada"],
      ["2", "Zoë"],
    ]);
  } finally {
    await database.close();
  }
}

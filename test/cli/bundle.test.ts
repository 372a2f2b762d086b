/** The program as it is packed: the files that esbuild makes, alone in a folder, where nothing of this project is found. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openPostgres } from "../helpers/postgres-database.ts";
import { openSqliteFile } from "../helpers/sqlite-file.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DIST = join(ROOT, "dist");
const MANIFEST = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly version: string;
  readonly dependencies?: object;
};
const FILES = readdirSync(DIST).filter((name) => /\.c?js$/.test(name));

/** A folder with the files in it and nothing else. */
function alone(files: Readonly<Record<string, string>> = {}): string {
  const folder = tempDir(files);
  mkdirSync(join(folder, "dist"));
  for (const name of FILES) copyFileSync(join(DIST, name), join(folder, "dist", name));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return folder;
}

function run(cwd: string, args: readonly string[], imports: readonly string[] = []) {
  const preloads = imports.flatMap((each) => ["--import", each]);
  return spawnSync(process.execPath, [...preloads, "dist/upsurge.js", ...args], {
    cwd,
    encoding: "utf8",
  });
}

describe("the program alone in a folder", () => {
  test("knows its version, and needs no package", () => {
    const { stdout, stderr } = run(alone(), ["--version"]);

    expect([stdout, stderr]).toEqual([`upsurge ${MANIFEST.version}\n`, ""]);
    expect(MANIFEST.dependencies).toBeUndefined();
  });

  test("imports nothing but Node and the optional drivers", () => {
    const names = FILES.flatMap((name) => {
      const text = readFileSync(join(DIST, name), "utf8");
      return [
        ...text.matchAll(/(?:^|[;}\s])(?:import|from|import\()\s*"([a-z@][^"]*)"/g),
        ...text.matchAll(/(?<=[^\w.])require\("([a-z@][^"]*)"\)/g),
      ];
    }).map(([, name = ""]) => name.replace(/^node:/, ""));
    const builtin = new Set(builtinModules);

    // What `pg` asks for in other surroundings.
    const elsewhere = ["pg-cloudflare", "pg-native"];
    expect(new Set(names.filter((name) => !builtin.has(name)))).toEqual(
      new Set(["better-sqlite3", "mssql", ...elsewhere]),
    );
  });

  test("reads YAML only where a manifest, a config or a mapping is given", async () => {
    const database = await openPostgres();
    try {
      await database.exec("create table a (id int primary key)");
      const cwd = alone({
        "vars.env": `DB='${database.url}'\n`,
        "seed.yaml": "to: ${DB}\nloads: [{ from: seeds/a.csv }]\n",
      });
      mkdirSync(join(cwd, "seeds"));
      writeFileSync(join(cwd, "seeds", "a.csv"), "id\n1\n");
      const manifest = ["run", "seed.yaml", "--env-file", "vars.env"];
      const ran = run(cwd, manifest);
      const program = readFileSync(join(DIST, "program.cjs"), "utf8");
      const YAML = /"[^"]*node_modules\/yaml\/dist\/index\.js"\([^)]*\)\{(?:"use strict";)?/;
      writeFileSync(
        join(cwd, "dist/program.cjs"),
        program.replace(YAML, '$&throw new Error("YAML is read");'),
      );
      const into = ["--to", database.url];
      const load = run(cwd, ["seeds/a.csv", ...into, "--table", "a", "--key", "id"]);
      const folder = run(cwd, ["run", "seeds", ...into]);

      expect([ran.status, load.status, folder.status], ran.stderr).toEqual([0, 0, 0]);
      const again = run(cwd, manifest);
      expect([again.status, again.stderr]).toEqual([1, expect.stringContaining("YAML is read")]);
    } finally {
      await database.close();
    }
  });

  test("loads into PostgreSQL, without what Node has for HTTP", async () => {
    const database = await openPostgres();
    try {
      await database.exec("create table people (id int primary key, name text)");
      const cwd = alone({ "people.csv": "id,name\n1,Ada\n2,Zoë\n", "no-fetch.mjs": NO_FETCH });
      const into = ["people.csv", "--to", database.url, "--table", "people", "--key", "id"];
      // A machine that is busy may take long enough for a line of progress.
      const { stdout, stderr, status } = run(cwd, [...into, "-q"], ["./no-fetch.mjs"]);

      expect([status, stderr], stdout).toEqual([0, ""]);
      expect(await database.rows("select * from people order by 1")).toEqual([
        ["1", "Ada"],
        ["2", "Zoë"],
      ]);
    } finally {
      await database.close();
    }
  });
});

describe.each([
  ["csv", "id,name\n", (id: number, name: string) => `${id},${name}`],
  ["ndjson", "", (id: number, name: string) => JSON.stringify({ id, name })],
])("its thread, for a large source: %s", (format, header, line) => {
  test("is started", async () => {
    const database = await openPostgres();
    try {
      await database.exec("create table numbers (id int primary key, name text)");
      const records = Array.from(
        { length: 10_000 },
        (_, id) => `${line(id, "some text ".repeat(90))}\n`,
      ).join("");
      const file = `numbers.${format}`;
      const cwd = alone({ [file]: `${header}${records}`, "watch.mjs": WATCH_THREADS });
      const into = [file, "--to", database.url, "--table", "numbers", "--key", "id"];
      const { stdout, stderr, status } = run(cwd, into, ["./watch.mjs"]);

      expect(status, `${stdout}${stderr}`).toBe(0);
      const seen = readFileSync(join(cwd, "threads.txt"), "utf8").split("\n");
      // The first block may be asked for before the writer has said how to encode.
      const told = seen.filter((line) => line !== "dist/worker.js answered");
      expect([...new Set(told)].toSorted()).toEqual([
        "",
        "dist/worker.js encoded",
        "dist/worker.js online",
      ]);
    } finally {
      await database.close();
    }
  });

  test("encodes rows for SQLite", () => {
    const names = Array.from({ length: 6000 }, (_, id) => `${id} ${"é text ".repeat(120)}`);
    const records = names.map((name, id) => `${line(id, name)}\n`).join("");
    const file = `numbers.${format}`;
    const cwd = tempDir({ [file]: `${header}${records}`, "watch.mjs": WATCH_THREADS });
    const db = openSqliteFile(join(cwd, "t.db"));
    db.exec("create table numbers (id integer primary key, name text)");
    const into = [file, "--to", "sqlite:t.db", "--table", "numbers", "--key", "id"];
    const program = ["--import", "./watch.mjs", join(DIST, "upsurge.js")];
    const { stdout, stderr, status } = spawnSync(process.execPath, [...program, ...into], {
      cwd,
      encoding: "utf8",
    });

    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(readFileSync(join(cwd, "threads.txt"), "utf8")).toContain("dist/worker.js encoded");
    expect(db.rows("select id, name from numbers order by id")).toEqual(
      names.map((name, id) => [BigInt(id), name]),
    );
    db.close();
  });
});

/** Fails where Node would load its fetch. */
const NO_FETCH = `Object.defineProperty(globalThis, "Response", { get: () => { throw new Error("fetch is loaded"); } });`;

/** Notes of each thread that it runs, that it answers, with records that it has encoded, and what stops it. */
const WATCH_THREADS = `
  import threads from "node:worker_threads";
  import { appendFileSync } from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  threads.Worker = class extends threads.Worker {
    constructor(file, options) {
      super(file, options);
      const note = (what) => appendFileSync("threads.txt", String(file).replace(/^.*(dist\\/)/, "$1") + " " + what + "\\n");
      this.on("online", () => note("online"));
      this.on("message", ({ encoded }) => note(encoded === null ? "answered" : "encoded"));
      this.on("error", (error) => note("failed: " + error.message));
    }
  };
  syncBuiltinESMExports();
`;

describe("the package", () => {
  test("holds the programs, the declarations and the licences, and nothing of the tests'", () => {
    const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const { stdout } = spawnSync(npm, args, {
      cwd: ROOT,
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    const listed = JSON.parse(stdout) as object;
    const [packed] = Object.values(listed) as { readonly files: readonly { path: string }[] }[];
    const paths = packed?.files.map(({ path }) => path) ?? [];

    for (const path of [
      "dist/upsurge.js",
      "dist/index.js",
      "dist/worker.js",
      "dist/copy-encoder.js",
      "dist/page-encoder.js",
      "dist/types/index.d.ts",
      "dist/LICENSES.txt",
      "dist/sbom.cdx.json",
      "man/upsurge.1",
      "LICENSE",
      "README.md",
    ])
      expect(paths).toContain(path);
    expect(
      paths.filter((path) => /^dist\/(?:src|bin)\/|\.map$|^test\/|^fixtures\//.test(path)),
    ).toEqual([]);
    const texts = FILES.map((name) => readFileSync(join(DIST, name), "utf8"));
    expect(texts.filter((text) => text.includes("sourceMappingURL"))).toEqual([]);
  });

  test("names each package inside with its licence", () => {
    const text = readFileSync(join(DIST, "LICENSES.txt"), "utf8");
    const titles = [...text.matchAll(/^(\S+) \d+\.\d+\.\d+ \(.+\)$/gm)].map(([, name]) => name);

    const { components } = JSON.parse(readFileSync(join(DIST, "sbom.cdx.json"), "utf8")) as {
      readonly components: readonly { readonly name: string; readonly purl: string }[];
    };
    expect(components.map(({ name }) => name)).toEqual(titles);
    expect(components.every(({ purl }) => /^pkg:npm\/\S+@\d/.test(purl))).toBe(true);
    expect(titles).toEqual(
      expect.arrayContaining(["commander", "csv-parse", "iconv-lite", "pg", "pino"]),
    );
    for (const name of ["better-sqlite3", "mssql"]) expect(titles).not.toContain(name);
    expect(
      text.match(/Permission (?:is hereby granted|to use, copy)/g)?.length,
    ).toBeGreaterThanOrEqual(titles.length - 3);
  });

  test("has declarations that type-check by themselves", () => {
    const folder = tempDir({
      "use.ts": `import { load, UpsurgeError } from "upsurge";
        import type { Report } from "upsurge";
        export const call: typeof load = load;
        export const status = (report: Report): string => report.status;
        export const isOurs = (error: unknown): boolean => error instanceof UpsurgeError;`,
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: "nodenext",
          target: "es2023",
          types: ["node"],
          typeRoots: [join(ROOT, "node_modules/@types")],
        },
        files: ["use.ts"],
      }),
      "package.json": '{ "type": "module" }',
    });
    const place = join(folder, "node_modules/upsurge");
    mkdirSync(join(place, "dist"), { recursive: true });
    copyFileSync(join(ROOT, "package.json"), join(place, "package.json"));
    copyTree(join(DIST, "types"), join(place, "dist/types"));
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    const { stdout, status } = spawnSync(tsc, ["-p", folder], {
      cwd: folder,
      encoding: "utf8",
      shell: process.platform === "win32",
    });

    expect([status, stdout]).toEqual([0, ""]);
    expect(existsSync(join(DIST, "index.js"))).toBe(true);
  });
});

function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    else copyFileSync(source, target);
  }
}

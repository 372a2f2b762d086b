/** What the package keeps of its compiled code between two starts, when it takes it, and when it does not. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { tempDir } from "../helpers/temp-dir.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly version: string;
};

/** The program in a folder with a cache of its own; `change` may write another program. */
function install(change = (program: string): string => program) {
  const cwd = tempDir({ "package.json": '{ "type": "module" }', "a.csv": "id,name\n1,Ada\n" });
  for (const name of ["dist", "cache", "home"]) mkdirSync(join(cwd, name));
  for (const name of ["upsurge.js", "pino.cjs"])
    copyFileSync(join(ROOT, "dist", name), join(cwd, "dist", name));
  const program = readFileSync(join(ROOT, "dist/program.cjs"), "latin1");
  writeFileSync(join(cwd, "dist/program.cjs"), change(program), "latin1");
  symlinkSync(join(ROOT, "node_modules"), join(cwd, "node_modules"), "junction");
  const cache = join(cwd, "cache/upsurge");
  return {
    cwd,
    cache,
    run: (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      const caches = { XDG_CACHE_HOME: join(cwd, "cache"), HOME: join(cwd, "home") };
      const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/upsurge.js", ...args], {
        cwd,
        encoding: "utf8",
        env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: "", ...caches, ...env },
      });
      return { status, stdout, stderr };
    },
    /** What is kept: each file with its size, the time and the number of its writing. */
    kept: () =>
      readdirSync(cache).map((name) => {
        const { ino, size, mtimeMs } = statSync(join(cache, name));
        return { name, ino, size, mtimeMs };
      }),
    file: () => join(cache, readdirSync(cache)[0] ?? ""),
  };
}

const TOLD = { status: 0, stdout: `upsurge ${version}\n`, stderr: "" };

describe("code that is kept", () => {
  test("is taken by the next start, which writes nothing", () => {
    const { run, kept } = install();
    expect(run(["--version"])).toEqual(TOLD);
    const before = kept();
    expect(before.length).toBe(1);
    expect(before[0]?.size).toBeGreaterThan(100_000);
    expect(run(["--version"])).toEqual(TOLD);
    expect(kept()).toEqual(before);
  });

  test("is what runs", () => {
    // The code of another program, under the name of this one: both are as long.
    const other = install((program) => program.replaceAll(`"${version}"`, '"9.9.9"'));
    expect(other.run(["--version"]).stdout).toBe("upsurge 9.9.9\n");
    const { run, cache, file } = install();
    expect(run(["--version"])).toEqual(TOLD);
    copyFileSync(other.file(), file());
    expect(readdirSync(cache).length).toBe(1);
    expect(run(["--version"]).stdout).toBe("upsurge 9.9.9\n");
  });

  test("grows with the parts that run, and with the first end without a fault", () => {
    const { run, file } = install();
    const parts = () => readFileSync(file(), "latin1").split("\n")[0]?.split(/[ ,]/).slice(1) ?? [];
    expect(run(["load", "no.csv", "--to", "sqlite:a.db", "--table", "a"]).status).not.toBe(0);
    expect(parts()).toContain("src/cli/commands/load");
    expect(parts()).not.toContain("success");
    expect(run(["load", "a.csv", "--to", "sqlite:a.db", "--table", "a", "--create"]).status).toBe(
      0,
    );
    expect(parts()).toContain("success");
    expect(parts()).not.toContain("src/cli/commands/jobs");
    run(["jobs", "--to", "sqlite:a.db"]);
    expect(parts()).toEqual(
      expect.arrayContaining(["src/cli/commands/load", "src/cli/commands/jobs", "success"]),
    );
  });
});

describe("kept code", () => {
  test("is left where it is damaged or cut, and written again", () => {
    const { run, file } = install();
    run(["--version"]);
    const whole = readFileSync(file());
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(whole.length >> 1) ^ 1, whole.length >> 1);
    for (const damaged of [flipped, whole.subarray(0, whole.length >> 1), Buffer.alloc(0)]) {
      writeFileSync(file(), damaged);
      expect(run(["--version"])).toEqual(TOLD);
      const again = readFileSync(file());
      expect(again.equals(damaged)).toBe(false);
      expect(run(["--version"])).toEqual(TOLD);
      expect(readFileSync(file()).equals(again)).toBe(true);
    }
  });

  test("is left where others may write to it", () => {
    const { run, file } = install();
    run(["--version"]);
    chmodSync(file(), 0o666);
    const { ino } = statSync(file());
    expect(run(["--version"])).toEqual(TOLD);
    expect([statSync(file()).mode & 0o777, statSync(file()).ino === ino]).toEqual([0o600, false]);
  });

  test("is that of one program, and of Node with the flags of its last start", () => {
    const { run, kept, cwd } = install();
    run(["--version"]);
    const [first] = kept();
    const otherFlags = { NODE_OPTIONS: "--stack-trace-limit=20" };
    expect(run(["--version"], otherFlags)).toEqual(TOLD);
    const [second] = kept();
    expect([second?.name, second?.ino === first?.ino]).toEqual([first?.name, false]);
    run(["--version"], otherFlags);
    expect(kept()).toEqual([second]);
    const program = join(cwd, "dist/program.cjs");
    writeFileSync(program, readFileSync(program, "latin1").replaceAll(`"${version}"`, '"9.9.9"'));
    expect(run(["--version"]).stdout).toBe("upsurge 9.9.9\n");
    expect(kept().length).toBe(2);
  });

  test("of the eight files that were written last stays, and nothing else is touched", () => {
    const { run, file, cache } = install();
    run(["--version"]);
    const name = readdirSync(cache)[0] ?? "";
    for (let age = 1; age <= 10; age += 1) {
      copyFileSync(file(), join(cache, `v20.0.${age}-x64-1.code`));
      utimesSync(join(cache, `v20.0.${age}-x64-1.code`), 1_000_000 - age, 1_000_000 - age);
    }
    writeFileSync(join(cache, "notes.txt"), "of someone else");
    utimesSync(join(cache, "notes.txt"), 1, 1);
    chmodSync(join(cache, name), 0o666);
    run(["--version"]);
    expect(readdirSync(cache).toSorted()).toEqual(
      [
        "notes.txt",
        name,
        ...[1, 2, 3, 4, 5, 6, 7].map((age) => `v20.0.${age}-x64-1.code`),
      ].toSorted(),
    );
  });
});

describe("nothing is kept", () => {
  test("where that is turned off", () => {
    const { run, cwd } = install();
    expect(run(["--version"], { NODE_DISABLE_COMPILE_CACHE: "1" })).toEqual(TOLD);
    expect(readdirSync(join(cwd, "cache"))).toEqual([]);
  });

  test("where everyone may write to the folder above", () => {
    const { run, cwd } = install();
    chmodSync(join(cwd, "cache"), 0o777);
    expect(run(["--version"])).toEqual(TOLD);
    expect(readdirSync(join(cwd, "cache"))).toEqual([]);
  });

  test("where there is no folder for it", () => {
    const { run, cwd } = install();
    writeFileSync(join(cwd, "cache/upsurge"), "a file");
    expect(run(["--version"])).toEqual(TOLD);
    const nowhere = { XDG_CACHE_HOME: "relative", HOME: "" };
    expect(run(["--version"], nowhere)).toEqual(TOLD);
    expect(readdirSync(cwd)).not.toContain("relative");
  });

  test("but under the home, where no folder for caches is named", () => {
    const { run, cwd } = install();
    expect(run(["--version"], { XDG_CACHE_HOME: "" })).toEqual(TOLD);
    expect(readdirSync(join(cwd, "home/.cache/upsurge")).length).toBe(1);
  });
});

/** A long load asks V8 to collect seldom, in a flag that this version of Node knows; a small one does not. Both keep their code. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openSqlite } from "../helpers/sqlite-database.ts";
import { useTempDir } from "../helpers/temp-dir.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/upsurge.js", import.meta.url));

/** Notes the flags that are set while the program runs, and sets them. */
const NOTE = `
  import { appendFileSync } from "node:fs";
  import v8 from "node:v8";
  const set = v8.setFlagsFromString;
  v8.setFlagsFromString = (flags) => {
    appendFileSync("flags.txt", flags + "\\n");
    set(flags);
  };
`;

const temporary = useTempDir();

test.each([
  ["small", 1000, []],
  ["long", 60_000, ["--heap-growing-percent=#"]],
])("a %s load of %i records", async (_kind, records, room) => {
  const database = await openSqlite();
  try {
    await database.exec("create table t (id integer primary key, name text)");
    const cwd = temporary.path;
    const lines = Array.from({ length: records }, (_, id) => `${id},the name of record ${id}\n`);
    writeFileSync(join(cwd, "t.csv"), `id,name\n${lines.join("")}`);
    writeFileSync(join(cwd, "flags.txt"), "");
    writeFileSync(join(cwd, "note.mjs"), NOTE);
    const args = [
      "t.csv",
      "--to",
      database.url,
      "--table",
      "t",
      "--key",
      "id",
      "--progress",
      "none",
    ];
    const run = spawnSync(process.execPath, ["--import", "./note.mjs", PROGRAM, ...args], {
      cwd,
      encoding: "utf8",
    });

    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(run.stdout).toContain(`${records.toLocaleString("en")} records`);
    const all = readFileSync(join(cwd, "flags.txt"), "utf8").trimEnd().split("\n");
    const set = all.filter((flag) => flag.startsWith("--heap"));
    expect(set.slice(0, 1).map((flag) => flag.replace(/\d+/, "#"))).toEqual(room);
    expect(all.filter((flag) => flag.endsWith("-bytecode"))).toEqual([
      "--no-flush-bytecode",
      "--flush-bytecode",
    ]);
    if (room.length === 0) return;
    // At the end V8 goes by its own rule again.
    expect(set.at(-1)).toBe("--heap-growing-percent=0");
    // As much as comes to 36 MB of a few.
    expect(Number(/\d+/.exec(set[0] ?? "")?.[0])).toBeGreaterThan(100);
  } finally {
    await database.close();
  }
});

/** The scripts of the pages for cron and for big files do what their pages say, in a real shell. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { fencesOf, pageAt } from "../helpers/doc-pages.ts";
import { sqlite } from "../helpers/page-shell.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const HEADER = "part_no,name\n";

/** The script of a page that holds these words, with the folders of the machine inside of `folder`. */
function script(page: string, words: string, folder: string): string {
  const found = fencesOf(pageAt(page).text).find(({ body }) => body.includes(words));
  if (found === undefined) throw new Error(`${page} has no script with ${words}`);
  return found.body.replaceAll(/\/(?:srv|var)\//g, (path) => folder + path);
}

/** A folder with `upsurge` on its path, and a database. */
function folderWith(parts: string): string {
  const folder = tempDir();
  for (const name of ["bin", "srv/incoming", "var/lib/upsurge"]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const program = join(folder, "bin/upsurge");
  writeFileSync(
    program,
    `#!/bin/sh\nexec "${process.execPath}" "${resolve("dist/upsurge.js")}" "$@"\n`,
  );
  chmodSync(program, 0o755);
  writeFileSync(join(folder, "srv/incoming/parts.csv"), HEADER + parts);
  sqlite(
    join(folder, "shop.db"),
    "create table parts (part_no text primary key, name text not null)",
  );
  return folder;
}

function sh(
  text: string,
  folder: string,
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", text], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter),
      DATABASE_URL: `sqlite:${join(folder, "shop.db")}`,
    },
  });
  return { status, output: stdout + stderr };
}

function count(folder: string): string {
  return sqlite(join(folder, "shop.db"), "select count(*) from parts").trim();
}

const CRON = "docs/howto/cron.md";

test("the script for cron loads, says nothing, and may run again", () => {
  const folder = folderWith("B,Bolt\nN,Nut\n");
  const load = script(CRON, "load-parts: safe", folder);

  expect([sh(load, folder), sh(load, folder)]).toEqual([
    { status: 0, output: "" },
    { status: 0, output: "" },
  ]);

  expect(count(folder)).toBe("2");
  expect(readdirSync(join(folder, "var/lib/upsurge"))).toEqual([]);
});

test("the script for cron tells of a few rejects, and where they are", () => {
  const parts = Array.from({ length: 200 }, (_, index) => `P${index},${index === 7 ? "" : "x"}\n`);
  const folder = folderWith(parts.join(""));

  const { status, output } = sh(script(CRON, "load-parts: safe", folder), folder);

  const [, file = ""] = /parts: some records were rejected, see (.*)\n/.exec(output) ?? [];
  expect(status).toBe(0);
  expect(
    readdirSync(join(folder, "var/lib/upsurge")).map((name) =>
      join(folder, "var/lib/upsurge", name),
    ),
  ).toContain(file);
  expect(count(folder)).toBe("199");
});

test("the script for cron fails where too many are rejected, and keeps nothing", () => {
  const folder = folderWith("B,Bolt\nN,\n");

  const { status, output } = sh(script(CRON, "load-parts: safe", folder), folder);

  expect(status).toBe(4);
  expect(output).toContain("REJECT_LIMIT");
  expect(count(folder)).toBe("0");
});

test("the loop for big files ends when the file is loaded, and with what only a person can correct", () => {
  const folder = folderWith("");
  sqlite(join(folder, "shop.db"), "create table orders (order_no text primary key)");
  writeFileSync(join(folder, "big.csv"), "order_no\n1\n2\n");
  const loop = script("docs/howto/big-files.md", "until upsurge", folder);

  const loaded = sh(loop, folder);
  const missing = sh(loop.replace("big.csv", "gone.csv"), folder);

  expect([loaded.status, missing.status]).toEqual([0, 6]);
  expect(sqlite(join(folder, "shop.db"), "select count(*) from orders")).toBe("2\n");
});

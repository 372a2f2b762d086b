/**
 * What befalls the file of a job into SQLite: others hold it, its disk is full, it may not be written. The job waits, or ends
 * with 75 and goes on when it is run again; a history in the table shows a record that is lost, doubled or out of order.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import type { FailPoint } from "../../src/testing/fail-point.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const RECORDS = 300;
const KEYS = 30;
const INPUT = `id,n,hist\n${Array.from({ length: RECORDS }, (_, at) => `${at % KEYS},${at},${at}\n`).join("")}`;
const SET = "hist = target.hist || ',' || excluded.n";

afterEach(() => onFailPoint(null));

interface Ran {
  readonly exit: number;
  readonly code: string | null;
  readonly read: number;
  readonly stderr: string;
}

/** A folder with a database and a source. */
class Shelf {
  readonly folder: string;
  readonly path: string;

  constructor(folder = tempDir()) {
    this.folder = folder;
    this.path = join(folder, "a.db");
    writeFileSync(join(folder, "in.csv"), INPUT);
    this.use((db) => db.exec("create table t (id int primary key, n int, hist text)"));
  }

  /** Opens the file as another program would. */
  use<T>(work: (db: Database.Database) => T): T {
    const db = new Database(this.path);
    try {
      return work(db);
    } finally {
      db.close();
    }
  }

  async run(...flags: string[]): Promise<Ran> {
    return await this.load("--job", "j", "--commit", "20", "--lock-timeout", "150ms", ...flags);
  }

  /** The same without a job. */
  async load(...flags: string[]): Promise<Ran> {
    const into = ["--to", this.path, "--table", "t", "--key", "id", "--set", SET, "-b", "20"];
    const args = [join(this.folder, "in.csv"), ...into, "--json", "-q", ...flags];
    const { exitCode, stdout, stderr } = await runUpsurge(args, { cwd: this.folder });
    const { error, counts } = JSON.parse(stdout);
    return { exit: exitCode, code: error?.code ?? null, read: counts.read, stderr };
  }

  /** Every record was applied once, in order, and the file is sound. */
  expectDone(ran: Ran): void {
    expect([ran.exit, ran.code, ran.read], ran.stderr).toEqual([0, null, RECORDS]);
    const rows = this.use((db) => db.prepare("select id, hist from t order by id").raw().all());
    expect(rows).toEqual(
      Array.from({ length: KEYS }, (_, id) => [
        id,
        Array.from({ length: RECORDS / KEYS }, (_each, turn) => id + turn * KEYS).join(","),
      ]),
    );
    expect(this.use((db) => db.pragma("integrity_check", { simple: true }))).toBe("ok");
  }
}

/** When a moment has passed for the n-th time. */
interface When {
  readonly point: FailPoint;
  readonly nth: number;
}

/** Does something once, at the n-th time that a moment passes. */
function at(point: FailPoint, nth: number, act: () => void): void {
  let seen = 0;
  onFailPoint((passed) => {
    if (passed === point && (seen += 1) === nth) act();
  });
}

/** Holds the file as somebody else would; the answer lets go of it. */
function hold(shelf: Shelf): () => void {
  const other = new Database(shelf.path);
  other.exec("begin immediate");
  onTestFinished(() => void other.close());
  return () => void other.close();
}

/** Holds the file from a moment on, until the load has failed at it so many times and tries once more. */
function holdFor(shelf: Shelf, { point, nth }: When, tries: number): { readonly failed: number } {
  const seen = { failed: 0 };
  at(point, nth, () => {
    const release = hold(shelf);
    // Every try begins with that.
    onFailPoint((passed) => {
      if (passed !== "lock") return;
      seen.failed += 1;
      if (seen.failed === tries) release();
    });
  });
  return seen;
}

describe("a file that somebody else holds", () => {
  test.each<[string, FailPoint]>([
    ["before a part is begun", "begin"],
    ["after one was committed", "committed"],
    ["before the job is taken", "take-over"],
  ])("for a while, %s, is waited for", async (_, point) => {
    const shelf = new Shelf();
    const held = holdFor(shelf, { point, nth: point === "take-over" ? 1 : 3 }, 2);
    shelf.expectDone(await shelf.run("--retry-timeout", "10m"));
    expect(held.failed).toBe(2);
  });

  test("for longer ends the run with 75, and it goes on later", async () => {
    const shelf = new Shelf();
    at("committed", 3, () => void hold(shelf));
    const ran = await shelf.run("--retry-timeout", "300ms");
    expect([ran.exit, ran.code, ran.read]).toEqual([75, "TARGET_BUSY", 60]);
    onFailPoint(null);
    const again = await shelf.run("--retry-timeout", "0");
    expect([again.exit, again.code]).toEqual([75, "TARGET_BUSY"]);
  });
});

describe("the journal of the file", () => {
  test.each(["wal", "delete"])("may be of any kind: %s", async (mode) => {
    const shelf = new Shelf();
    shelf.use((db) => db.pragma(`journal_mode = ${mode}`));
    at("applied", 4, () => {
      throw Object.assign(new Error("stopped"), { code: "SQLITE_BUSY" });
    });
    expect((await shelf.run("--retry-timeout", "0")).exit).not.toBe(0);
    onFailPoint(null);
    shelf.expectDone(await shelf.run());
    expect(shelf.use((db) => db.pragma("journal_mode", { simple: true }))).toBe(mode);
  });
});

describe("a file that may not be written", () => {
  test.skipIf(process.getuid?.() === 0)("any more is no reason to lose what is done", async () => {
    const shelf = new Shelf();
    at("committed", 3, () => spawnSync("chmod", ["a-w", shelf.path, shelf.folder]));
    expect((await shelf.run("--retry-timeout", "0")).exit).not.toBe(0);
    spawnSync("chmod", ["u+w", shelf.path, shelf.folder]);
    onFailPoint(null);
    shelf.expectDone(await shelf.run());
  });
});

/** What another process may do to a file while a load has it open. */
const MOVES: readonly (readonly [what: string, move: (shelf: Shelf) => void])[] = [
  ["removed", ({ path }) => rmSync(path)],
  ["renamed", ({ path }) => renameSync(path, `${path}.old`)],
  [
    "replaced by another",
    ({ path, folder }) => {
      copyFileSync(join(folder, "copy.db"), `${path}.new`);
      renameSync(`${path}.new`, path);
    },
  ],
];

/** Where it is done, and how the load commits. */
const MOMENTS = ["begin", "applied", "commit"] as const satisfies readonly FailPoint[];

describe.each(["wal", "delete"])("a file with a journal of the kind %s", (mode) => {
  describe.each(MOMENTS)("that at the moment %s", (moment) => {
    test.each(MOVES)("was %s gets no load that counts as done", async (_, move) => {
      const shelf = new Shelf();
      shelf.use((db) => db.pragma(`journal_mode = ${mode}`));
      copyFileSync(shelf.path, join(shelf.folder, "copy.db"));
      at(moment, 1, () => move(shelf));

      const ran = await shelf.load();

      expect([ran.exit, ran.code], ran.stderr).toEqual([75, "TARGET_MOVED"]);
      // What stands in its place was not written to, and takes the load in its turn.
      onFailPoint(null);
      for (const end of ["-wal", "-shm", "-journal"]) rmSync(shelf.path + end, { force: true });
      copyFileSync(join(shelf.folder, "copy.db"), shelf.path);
      shelf.expectDone(await shelf.load());
    });

    test.each(MOVES)("was %s stops a job, which goes on in the file", async (_, move) => {
      const shelf = new Shelf();
      shelf.use((db) => db.pragma(`journal_mode = ${mode}`));
      copyFileSync(shelf.path, join(shelf.folder, "copy.db"));
      at(moment, 3, () => move(shelf));

      const ran = await shelf.run("--retry-timeout", "0");

      expect([ran.exit, ran.code], ran.stderr).toEqual([75, "TARGET_MOVED"]);
      onFailPoint(null);
      for (const end of ["-wal", "-shm", "-journal"]) rmSync(shelf.path + end, { force: true });
      copyFileSync(join(shelf.folder, "copy.db"), shelf.path);
      shelf.expectDone(await shelf.run());
    });
  });
});

/** A disk of so many bytes; `null` where none can be mounted. */
function smallDisk(bytes: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), "upsurge-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder]);
  if (mounted.status === 0) return folder;
  rmSync(folder, { recursive: true, force: true });
  return null;
}

describe("a disk that is full", () => {
  const disk = smallDisk(2 * 1024 * 1024);

  test.skipIf(disk === null)(
    "rejects nothing, and the job goes on when there is room",
    async () => {
      const folder = disk ?? "";
      onTestFinished(() => {
        spawnSync("umount", ["-l", folder]);
        rmSync(folder, { recursive: true, force: true });
      });
      const shelf = new Shelf(folder);
      const ballast = join(folder, "ballast");
      // What is left is soon used up.
      at("committed", 2, () => spawnSync("sh", ["-c", `cat /dev/zero > ${ballast} 2>/dev/null`]));
      const ran = await shelf.run("--retry-timeout", "300ms", "--max-rejects", "999");
      expect([ran.exit, ran.code], ran.stderr).toEqual([75, "TARGET_FULL"]);
      expect(statSync(ballast).size).toBeGreaterThan(0);
      rmSync(ballast);
      onFailPoint(null);
      shelf.expectDone(await shelf.run("--max-rejects", "999"));
    },
  );
});

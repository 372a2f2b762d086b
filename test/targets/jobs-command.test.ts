/** `upsurge jobs`, and the checkpoint table: another name, another schema, and made by somebody else. */
import { describe, expect, test } from "vitest";
import { ENGINES, sharedEngines, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { HEADER, JobShell, lines, words } from "../helpers/job-shell.ts";

const FOUR = lines([1, 10], [2, 20], [3, 30], [4, 40]);
const BAD = "5,77,77\n";

/** A load of a finished job and of one that stopped. */
async function twoJobs(shell: JobShell): Promise<void> {
  shell.write("done.csv", HEADER + FOUR);
  shell.write("stops.csv", HEADER + FOUR + BAD);
  expect((await shell.load("done.csv --job a-done")).exit).toBe(0);
  expect((await shell.load("stops.csv --job b-stops")).exit).toBe(4);
}

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const open = (): Promise<JobShell> => JobShell.open(engine, database);

  checkpointTables(open, database);

  test("jobs are listed", async () => {
    const shell = await open();
    const none = await shell.jobs();
    expect([none.exit, none.stdout]).toMatchObject([0, /^\S+ has no jobs\n$/]);
    expect(await database.rows("select id from t")).toEqual([]);
    await twoJobs(shell);
    const { exit, stdout } = await shell.jobs();
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^2 jobs in \S+:\n/);
    expect(stdout).toMatch(/^ *a-done +done +4 records +\d{4}-\d\d-\d\dT[\d:]+Z$/m);
    expect(stdout).toMatch(/^ *b-stops +failed +4 records +\d{4}-\d\d-\d\dT[\d:]+Z$/m);
    expect(stdout).toMatch(/^ +failed +4 records, 42 bytes +\/\S+\/stops\.csv$/m);
  });

  test("jobs are listed as JSON", async () => {
    const shell = await open();
    expect(JSON.parse((await shell.jobs("--json")).stdout)).toMatchObject({ jobs: [] });
    await twoJobs(shell);
    const { jobs } = JSON.parse((await shell.jobs("--json")).stdout);
    const source = { record: 4, byte: 42, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) };
    expect(jobs).toMatchObject([
      { job: "a-done", state: "done", counts: { read: 4, inserted: 4 }, sources: [source] },
      { job: "b-stops", state: "failed", counts: { read: 4, updated: 4 }, sources: [source] },
    ]);
    expect(jobs[0].owner).toMatch(/^.+:\d+$/);
    expect(jobs[0].startedAt <= jobs[0].updatedAt).toBe(true);
    expect(new Date(jobs[0].updatedAt).getFullYear()).toBeGreaterThan(2000);
  });

  test("a job that is forgotten starts from its first record", async () => {
    const shell = await open();
    await twoJobs(shell);
    const forgotten = await shell.jobs("--forget", "a-done");
    expect([forgotten.exit, forgotten.stdout]).toEqual([
      0,
      "forgot the job a-done; its next run starts from the first record\n",
    ]);
    for (const name of ["a-done", "nothing"]) {
      const unknown = await shell.jobs("--forget", name);
      expect(unknown.exit).toBe(2);
      expect(unknown.stderr).toContain("JOB_UNKNOWN");
    }
    expect((await shell.jobs()).stdout).toMatch(/^1 job in [\s\S]*b-stops/);
    const again = await shell.load("done.csv --job a-done");
    expect([again.exit, again.report.job?.resumedAt]).toEqual([0, 0]);
    expect((await shell.table())[0]).toBe("1:10,10,10");
  });

  test("to forget where there is no table is an error", async () => {
    const shell = await open();
    const unknown = await shell.jobs("--forget", "j");
    expect(unknown.exit).toBe(2);
    expect(unknown.stderr).toContain("there is no table upsurge_checkpoint");
  });
});

/** The table of checkpoints, and what it may be called. */
function checkpointTables(open: () => Promise<JobShell>, database: TestDatabase): void {
  test("the printed statement makes the table that a load uses", async () => {
    const shell = await open();
    const { exit, stdout } = await shell.jobs("--print-ddl");
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^create table upsurge_checkpoint \(\n[\s\S]+\n\);\n$/);
    // It prints, and does no more.
    expect((await shell.jobs("--forget", "j")).stderr).toContain("there is no table");
    await database.exec(stdout);
    await twoJobs(shell);
    expect((await shell.jobs()).stdout).toMatch(/^2 jobs/);
  });

  test.each(['"my Jobs"', "load_state"])("a checkpoint table of the name %s", async (name) => {
    const shell = await open();
    shell.write("in.csv", HEADER + FOUR + BAD);
    const where = ["--checkpoint-table", name];
    expect((await shell.load("in.csv --job j", where)).exit).toBe(4);
    shell.write("in.csv", HEADER + FOUR);
    const went = await shell.load("in.csv --job j", where);
    expect([went.exit, went.report.job?.resumedAt], went.stderr).toEqual([0, 4]);
    expect((await shell.jobs(...where)).stdout).toMatch(/^1 job/);
    expect((await shell.jobs()).stdout).toContain("has no jobs");
    const [[count] = []] = await database.rows(`select count(*) from ${name}`);
    expect(count).toBe("1");
    const ddl = await shell.jobs(...where, "--print-ddl");
    expect(ddl.stdout).toContain(`create table ${name} (`);
  });

  test.each(["", "a b", "t; drop table t", "a.b.c.d", "'t'"])("no table name: %j", async (name) => {
    const shell = await open();
    const refused = await shell.jobs("--checkpoint-table", name);
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain("--checkpoint-table");
  });

  test("a table of that name that is something else is not written to", async () => {
    const shell = await open();
    await database.exec("create table upsurge_checkpoint (job varchar(20))");
    shell.write("in.csv", HEADER + FOUR);
    const refused = await shell.load("in.csv --job j");
    expect([refused.exit, refused.code], refused.stderr).toEqual([2, "CHECKPOINT_TABLE"]);
    const listed = await shell.jobs();
    expect([listed.exit, listed.stderr]).toEqual([2, expect.stringContaining("CHECKPOINT_TABLE")]);
    expect(await shell.table()).toEqual([]);
    expect(await database.rows("select * from upsurge_checkpoint")).toEqual([]);
  });
}

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

/** A load as the user of `url`. */
const args = (shell: JobShell, url: string, ...more: string[]): string[] => [
  ...words("in.csv --table t --json -q --job j --commit 2 --to"),
  url,
  ...shell.flags,
  ...more,
];

/** Somebody who may write to a table and no more. */
interface Loader {
  readonly shell: JobShell;
  readonly url: string;
  readonly role: string;
}

/** What an error and the grants print is run word for word, for tables in schemas that the user may not use. */
function followsWhatIsPrinted(asLoader: () => Promise<Loader>, database: TestDatabase): void {
  test.each(["upsurge_checkpoint", "ops.state", '"o ps"."my state"'])(
    "has what is printed run for %s, in a schema that it may not use, and then loads",
    async (name) => {
      const { shell, url, role } = await asLoader();
      try {
        await database.exec(
          `create schema app; create schema ops; create schema "o ps"; alter table t set schema app;
           grant usage on schema app to ${role}; revoke usage on schema public from public, ${role}`,
        );
        const where = ["--checkpoint-table", name, "--table", "app.t"];
        const refused = await shell.run(args(shell, url, ...where));
        expect([refused.exit, refused.code], refused.stderr).toEqual([2, "CHECKPOINT_TABLE"]);
        const [, command = ""] = /run what `upsurge (.+?)` prints/.exec(refused.fix ?? "") ?? [];
        const printed = [...command.matchAll(/'([^']+)'|(\S+)/g)].map(
          ([, quoted, word]) => quoted ?? word ?? "",
        );
        const ddl = await shell.run(printed.map((word) => (word === "URL" ? url : word)));
        await database.exec(ddl.stdout);
        const load = [...args(shell, url, ...where), "--grants"];
        const grants = await shell.run([
          "plan",
          ...load.filter((word) => !["--json", "-q"].includes(word)),
        ]);
        expect(grants.stdout).toContain(
          `-- the checkpoint table has to be there: upsurge ${command}\n`,
        );
        await database.exec(grants.stdout);
        const went = await shell.run(args(shell, url, ...where));
        expect([went.exit, went.report.guarantee], went.stderr).toEqual([0, "exactly-once"]);
      } finally {
        await database.exec(`drop schema if exists ops, "o ps", app cascade`);
        await database.reset();
        await database.exec(
          `grant usage on schema public to public; drop owned by ${role}; drop role ${role}`,
        );
      }
    },
  );
}

describe("a user who may not create tables", () => {
  const engine = postgres;
  const database = useDatabase(engine);

  /** A shell whose user may write to the table and no more; the role is dropped by whoever calls `done`. */
  async function asLoader(): Promise<Loader> {
    const shell = await JobShell.open(engine, database);
    const [[name] = []] = await database.rows("select current_database()");
    const role = `loader_${name}`;
    const [[known] = []] = await database.rows(
      `select count(*) from pg_roles where rolname = '${role}'`,
    );
    if (known === "0") await database.exec(`create role ${role} login password 'seldom'`);
    await database.exec(
      `revoke create on schema public from public; grant usage on schema public to ${role};
       grant select, insert, update on t to ${role}`,
    );
    const url = new URL(database.url);
    [url.username, url.password] = [role, "seldom"];
    shell.write("in.csv", HEADER + FOUR);
    return { shell, url: url.href, role };
  }

  test("is told which statement to have run, and then loads", async () => {
    const { shell, url, role } = await asLoader();
    try {
      const refused = await shell.run(args(shell, url));
      expect([refused.exit, refused.code], refused.stderr).toEqual([2, "CHECKPOINT_TABLE"]);
      expect(refused.fix).toContain("upsurge jobs --to URL --print-ddl");
      expect(await shell.table()).toEqual([]);
      const ddl = await shell.run(["jobs", "--to", url, "--print-ddl"]);
      await database.exec(ddl.stdout);
      const still = await shell.run(args(shell, url));
      expect(still.exit, still.stderr).toBe(2);
      expect(await shell.table()).toEqual([]);
      await database.exec(`grant select, insert, update, delete on upsurge_checkpoint to ${role}`);
      const went = await shell.run(args(shell, url));
      expect([went.exit, went.report.guarantee], went.stderr).toEqual([0, "exactly-once"]);
      expect((await shell.run(args(shell, url))).report.job?.resumedAt).toBe(4);
      expect((await shell.run(["jobs", "--to", url])).stdout).toMatch(/^1 job/);
    } finally {
      await database.reset();
      await database.exec(`drop role ${role}`);
    }
  });

  followsWhatIsPrinted(asLoader, database);

  test("finds it in another schema", async () => {
    const { shell, url, role } = await asLoader();
    try {
      const where = ["--checkpoint-table", "ops.state"];
      const ddl = await shell.run(["jobs", "--to", url, ...where, "--print-ddl"]);
      await database.exec(`create schema ops; ${ddl.stdout}`);
      await database.exec(
        `grant usage on schema ops to ${role}; grant select, insert, update, delete on ops.state to ${role}`,
      );
      const went = await shell.run(args(shell, url, ...where));
      expect(went.exit, went.stderr).toBe(0);
      expect((await shell.run(args(shell, url, ...where))).report.job?.resumedAt).toBe(4);
    } finally {
      await database.reset();
      await database.exec(`drop schema if exists ops cascade; drop role ${role}`);
    }
  });

  test("may give up on going on", async () => {
    const { shell, url, role } = await asLoader();
    try {
      const flags = ["--commit", "2", "--allow-at-least-once", ...shell.flags];
      const into = ["--to", url, "--table", "t", "--json", "-q"];
      const ran = await shell.run(["in.csv", ...into, ...flags]);
      expect([ran.exit, ran.report.guarantee], ran.stderr).toEqual([0, "at-least-once"]);
    } finally {
      await database.reset();
      await database.exec(`drop role ${role}`);
    }
  });
});

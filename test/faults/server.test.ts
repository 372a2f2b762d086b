/**
 * The server fails a job: it is killed and restarted, ends sessions, takes no writes, is full, or lets nobody at the table.
 * The job waits and goes on by itself, or ends with 75 and goes on when it is run again; a history in the table shows a
 * record that is lost, doubled or out of order.
 */
import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from "vitest";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import { OwnPostgres } from "../helpers/own-postgres.ts";
import { failBatches } from "../helpers/server-fault.ts";
import { Random } from "../helpers/random.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { seedOf } from "../tiers/seed.ts";
import { firstOf } from "../tiers/tiers.ts";
import { until } from "../helpers/until.ts";

const RECORDS = 400;
const KEYS = 50;
const INPUT = `id,n,hist\n${Array.from({ length: RECORDS }, (_, at) => `${at % KEYS},${at},${at}\n`).join("")}`;
/** What each key has seen, in order. */
const LOADED = Array.from({ length: KEYS }, (_, id) => [
  String(id),
  Array.from({ length: RECORDS / KEYS }, (_each, turn) => id + turn * KEYS).join(","),
]);
const SET = "hist = target.hist || ',' || excluded.n";
const PARTS = ["--commit", "20"];
const WAYS: readonly (readonly [string, readonly string[]])[] = [
  ["in parts", PARTS],
  ["as a whole", ["--commit", "end", "-b", "20"]],
  ["by two writers", ["--commit", "20", "-b", "20", "--writers", "2"]],
];

let server: OwnPostgres;
beforeAll(async () => {
  server = await OwnPostgres.start();
});
afterAll(() => server.remove());
beforeEach(async () => {
  await server.sql("drop table if exists t, upsurge_checkpoint");
  await server.sql("create table t (id int primary key, n int, hist text)");
});
afterEach(() => onFailPoint(null));

interface Ran {
  readonly exit: number;
  readonly code: string | null;
  readonly read: number;
  readonly stderr: string;
}

/** As long as it takes. */
const PATIENT = "10m";

async function run(flags: readonly string[], retry = PATIENT, url = server.url): Promise<Ran> {
  const folder = tempDir({ "in.csv": INPUT });
  const into = ["--to", url, "--table", "t", "--key", "id", "--set", SET, "--job", "j"];
  const limits = ["--retry-timeout", retry, "--lock-timeout", "500ms", "--max-rejects", "99"];
  const args = [join(folder, "in.csv"), ...into, ...limits, "--json", "-q", ...flags];
  const { exitCode, stdout, stderr } = await runUpsurge(args, { cwd: folder });
  const { error, counts } = JSON.parse(stdout);
  return { exit: exitCode, code: error?.code ?? null, read: counts.read, stderr };
}

/** Does something once, when so many batches have been written. */
function after(batches: number, act: () => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    onFailPoint((point) => {
      if (point === "applied" && (seen += 1) === batches) act().then(resolve, reject);
    });
  });
}

/** A session beside the load's, for what it holds. */
async function openSession(): Promise<Client> {
  const client = new Client({ connectionString: server.url });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(async () => await client.end().catch(() => {}));
  return client;
}

/** Lets no row from the n-th on into t before the gate is opened. */
async function closeGate(n: number): Promise<{ readonly open: () => Promise<unknown> }> {
  const keeper = await openSession();
  await keeper.query("select pg_advisory_lock(7)");
  await makeTrigger(`if new.n >= ${n} then perform pg_advisory_xact_lock_shared(7); end if;`);
  return { open: () => keeper.query("select pg_advisory_unlock(7)") };
}

/** Waits until a load has come to the gate. */
async function untilAtGate(): Promise<void> {
  const sql =
    "select count(*) from pg_stat_activity where application_name = 'upsurge' and wait_event = 'advisory'";
  await until(
    "a load at the gate",
    async () => await server.sql(sql),
    (rows) => rows[0]?.[0] !== "0",
  );
}

/** Stands where a server was, and waits until so many have come and were turned away. */
async function untilTurnedAway(times: number): Promise<void> {
  let seen = 0;
  const inPlace = createServer((socket) => {
    seen += 1;
    socket.on("error", () => {}).resetAndDestroy();
  });
  await new Promise<void>((resolve) => inPlace.listen(Number(new URL(server.url).port), resolve));
  try {
    await until(
      `${times} connections in vain`,
      () => seen,
      (now) => now >= times,
    );
  } finally {
    await new Promise((resolve) => inPlace.close(resolve));
  }
}

/** Makes rows of t do something before they are written. */
async function makeTrigger(body: string): Promise<void> {
  await server.sql(`create or replace function meddle() returns trigger language plpgsql as
    $$ begin ${body} return new; end $$`);
  await server.sql(
    "create trigger meddle before insert or update on t for each row execute function meddle()",
  );
}

async function setReadOnly(to: "on" | "off"): Promise<void> {
  await server.sql(`alter system set default_transaction_read_only = ${to}`);
  await server.sql("select pg_reload_conf()");
  await until(
    `new sessions with it ${to}`,
    async () => await server.sql("show default_transaction_read_only"),
    (rows) => rows[0]?.[0] === to,
  );
}

const TERMINATE = "select pg_terminate_backend(pid, 60000) from pg_stat_activity";

async function table(): Promise<unknown> {
  return await server.sql("select id, hist from t order by id");
}

async function expectDone(ran: Ran): Promise<void> {
  expect([ran.exit, ran.code, ran.read], ran.stderr).toEqual([0, null, RECORDS]);
  expect(await table()).toEqual(LOADED);
}

const KINDS = firstOf("kinds of jobs on a failing server", WAYS);

describe.each(KINDS)("%s, from a server that goes away", (_, flags) => {
  test("a server that is killed and comes back is waited for", async () => {
    const back = after(5, async () => {
      await server.kill();
      await untilTurnedAway(2);
      await server.restart();
    });
    const ran = await run(flags);
    await back;
    await expectDone(ran);
  });

  test("a server that stays away longer ends it with 75, and it goes on later", async () => {
    const gone = after(5, async () => await server.kill());
    const ran = await run(flags, "400ms");
    await gone;
    expect(ran.exit, ran.stderr).toBe(75);
    await server.restart();
    await expectDone(await run(flags));
  });

  test("sessions that are ended at random moments", async () => {
    // Each failure without a commit in between makes the load wait for longer.
    let left = flags.includes("end") ? 4 : 12;
    let next = 1;
    let ended: Promise<number> = Promise.resolve(0);
    const random = new Random(seedOf("sessions that are ended"));
    onFailPoint(() => {
      next -= 1;
      if (next > 0 || left === 0) return;
      left -= 1;
      next = random.int(1, 12);
      // The load goes on meanwhile, and is met wherever it is then.
      const one = `${TERMINATE} where application_name = 'upsurge' order by random() limit 1`;
      ended = Promise.all([ended, server.sql(one)]).then(([sum, { length }]) => sum + length);
    });
    await expectDone(await run(flags));
    expect(await ended).toBeGreaterThan(0);
  });

  test("a column that is dropped between two runs", async () => {
    const gone = after(5, async () => await server.kill());
    expect((await run(flags, "0")).exit).toBe(75);
    await gone;
    await server.restart();
    const before = await server.sql("select * from upsurge_checkpoint order by part");
    await server.sql("alter table t rename column n to m");
    const refused = await run(flags);
    expect(refused.exit, refused.stderr).toBe(2);
    expect(await server.sql("select * from upsurge_checkpoint order by part")).toEqual(before);
    await server.sql("alter table t rename column m to n");
    await expectDone(await run(flags));
  });
});

// A deadline, a deadlock, a conflict, a lock, too many of them, a shutdown.
const PASSING = ["57014", "40P01", "40001", "55P03", "53300", "57P01"];

describe.each(KINDS)("%s, from a server that refuses", (_, flags) => {
  test("a server that takes no writes", async () => {
    const gate = await closeGate(100);
    const running = run([...flags, "--lock-timeout", "10m"], "2s");
    await untilAtGate();
    try {
      await setReadOnly("on");
      await server.sql(`${TERMINATE} where application_name = 'upsurge'`);
      const ran = await running;
      expect([ran.exit, ran.code], ran.stderr).toEqual([75, "TARGET_READ_ONLY"]);
    } finally {
      await setReadOnly("off");
      await gate.open();
    }
    await expectDone(await run(flags));
  });

  test("a table that somebody else has locked", async () => {
    const holder = await openSession();
    await holder.query("begin; lock table t in share mode");
    const ran = await run(flags, "700ms");
    expect([ran.exit, ran.code], ran.stderr).toEqual([75, "TARGET_BUSY"]);
    await holder.query("commit");
    await expectDone(await run(flags));
  });

  test.each(firstOf("kinds of states on a failing server", PASSING))(
    "the state %s, once in the middle, rejects nothing",
    async (state) => {
      const faults = failBatches(state, (batch) => batch === 7);
      await expectDone(await run(flags));
      expect(faults.met).toBe(1);
    },
  );

  test.each([
    ["25006", "TARGET_READ_ONLY"],
    ["53100", "TARGET_FULL"],
    ["57014", "TARGET_BUSY"],
  ])("the state %s, for longer, ends it with 75", async (state, code) => {
    failBatches(state, (batch) => batch > 7);
    const ran = await run(flags, "400ms");
    expect([ran.exit, ran.code], ran.stderr).toEqual([75, code]);
    onFailPoint(null);
    await expectDone(await run(flags));
  });
});

test("a privilege that is revoked, and granted again", async () => {
  await server.sql(
    "drop role if exists loader; create role loader login password 'loader'; grant create, usage on schema public to loader; grant select, insert, update on t to loader",
  );
  const url = new URL(server.url);
  [url.username, url.password] = ["loader", "loader"];
  try {
    const gate = await closeGate(100);
    const running = run([...PARTS, "--lock-timeout", "10m"], PATIENT, url.href);
    await untilAtGate();
    await server.sql("revoke insert on t from loader");
    await gate.open();
    const ran = await running;
    expect([ran.exit, ran.code], ran.stderr).toEqual([2, "PLAN_PRIVILEGE"]);
    expect(ran.read).toBeGreaterThan(0);
    await server.sql("grant insert on t to loader");
    await expectDone(await run(PARTS, PATIENT, url.href));
  } finally {
    await server.sql("drop table t, upsurge_checkpoint; drop owned by loader; drop role loader");
  }
});

/** A small file system in memory, which takes root to make. */
const small = mkdtempSync(join(tmpdir(), "upsurge-small-"));
const isMounted =
  process.platform === "linux" &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", small]).status === 0;
afterAll(() => {
  if (isMounted) spawnSync("umount", ["-l", small]);
  rmSync(small, { recursive: true, force: true });
});

describe.runIf(isMounted)("a full disk (skipped where no file system can be mounted)", () => {
  test.each(KINDS)("%s: no record is rejected for it, and it goes on", async (_, flags) => {
    const [[folder] = []] = await server.sql("show data_directory");
    const { uid, gid } = statSync(folder ?? "");
    chownSync(small, uid, gid);
    await server.sql(`create tablespace small location '${small}'`);
    const ballast = join(small, "ballast");
    try {
      await server.sql(
        "drop table t; create table t (id int primary key, n int, hist text, filler text default repeat('x', 6000)) tablespace small; alter table t alter column filler set storage plain",
      );
      // All of it, but for a little.
      let left = 8 * 1024 * 1024;
      while (left > 0) {
        try {
          writeFileSync(ballast, Buffer.alloc(left));
          break;
        } catch {
          left -= 128 * 1024;
        }
      }
      const ran = await run(flags, "400ms");
      expect([ran.exit, ran.code], ran.stderr).toEqual([75, "TARGET_FULL"]);
      rmSync(ballast);
      await expectDone(await run(flags));
    } finally {
      rmSync(ballast, { force: true });
      await server.sql("drop table if exists t");
      await server.sql("drop tablespace small");
    }
  });
});

/** Servers that take no writes: what can only be told by trying again is waited for, all else is refused at once. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OwnPostgres } from "../helpers/own-postgres.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import type { Spawned } from "../helpers/spawn-upsurge.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";

let server: OwnPostgres;
const temporary = useTempDir();

/** Longer than any test may take: who tries again is told from who does not. */
const PATIENT = ["--retry-timeout", "10m", "--progress", "log"];

/** Nobody has the setting, and the table is empty. */
const ANEW = `begin read write; alter role reader reset all; alter database postgres reset all;
  alter role reader in database postgres reset all; alter role all reset all; truncate t; commit`;

beforeAll(async () => {
  writeFileSync(join(temporary.path, "in.csv"), "id,n\n1,1\n2,2\n");
  server = await OwnPostgres.start();
  await server.sql(`create table t (id int primary key, n int);
    create role reader login password 'reader' superuser`);
});
afterAll(async () => await server.remove());

/** The words of a load as `reader`; `query`: of the URL. */
function words(query = ""): string[] {
  const url = new URL(server.url);
  [url.username, url.password] = ["reader", "reader"];
  url.search = query;
  return ["in.csv", "--to", url.href, "--table", "t", "--key", "id"];
}

async function load(
  env: Readonly<Record<string, string>> = {},
  args = [...words(), ...PATIENT],
): Promise<RunResult> {
  return await runUpsurge(args, { cwd: temporary.path, env });
}

/** Waits until a load in a process of its own has said so. */
async function untilSaid({ child }: Spawned, words: string): Promise<void> {
  let said = "";
  child.stderr.on("data", (text: Buffer) => void (said += text.toString()));
  await until(
    words,
    () => said,
    (seen) => seen.includes(words),
  );
}

const rows = async (): Promise<unknown> => await server.sql("table t order by id");
const LOADED = [
  ["1", "1"],
  ["2", "2"],
];

/** Who has the setting, and the statement that takes it away. */
const OWNERS = [
  ["the role reader", "alter role reader", 'alter role "reader"'],
  ["the database postgres", "alter database postgres", 'alter database "postgres"'],
  [
    "the role reader in the database postgres",
    "alter role reader in database postgres",
    'alter role "reader" in database "postgres"',
  ],
  ["every role", "alter role all", "alter role all"],
] as const;

describe("default_transaction_read_only", () => {
  test.each(OWNERS)(
    "of %s is named at once, and both fixes get past it",
    async (owner, alter, said) => {
      await server.sql(ANEW);
      await server.sql(`${alter} set default_transaction_read_only = on`);

      const refused = await load();
      const planned = await load({}, ["plan", ...words()]);
      const once = /for this load only, PGOPTIONS='(.*?)'/.exec(refused.stderr)?.[1] ?? "";
      const withOptions = await load({ PGOPTIONS: once });
      const loaded = await rows();
      await server.sql("begin read write; truncate t; commit");
      const fix = /`(alter .*?)`/.exec(refused.stderr)?.[1] ?? "";
      await server.sql(`begin read write; ${fix}; commit`);

      expect([refused.exitCode, refused.stderr]).toEqual([
        2,
        expect.stringContaining("TARGET_READ_ONLY_SETTING"),
      ]);
      expect(refused.stderr).toContain(`default_transaction_read_only is on for ${owner}\n`);
      expect(refused.stderr).not.toContain("trying again");
      expect([planned.exitCode, planned.stderr]).toEqual([
        2,
        expect.stringContaining("TARGET_READ_ONLY_SETTING"),
      ]);
      expect(fix).toBe(`${said} set default_transaction_read_only = off`);
      expect(withOptions.exitCode, withOptions.stderr).toBe(0);
      expect(loaded).toEqual(LOADED);
      expect((await load()).exitCode).toBe(0);
    },
  );

  test("of the connection is named at once", async () => {
    const options = "-c default_transaction_read_only=on";
    const byUrl = await load({}, words(`options=${encodeURIComponent(options)}`));
    const byVariable = await load({ PGOPTIONS: options });

    for (const { exitCode, stderr } of [byUrl, byVariable]) {
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("TARGET_READ_ONLY_SETTING")]);
      expect(stderr).toContain("take it out of PGOPTIONS, or out of options= in the URL");
    }
  });

  test("of the whole server may be lifted at any time: the load goes on trying, and says so", async () => {
    await server.sql(ANEW);
    await server.sql("alter system set default_transaction_read_only = on");
    await server.sql("select pg_reload_conf()");
    await until(
      "the setting",
      async () => await server.sql("show default_transaction_read_only"),
      (seen) => seen[0]?.[0] === "on",
    );

    const loading = spawnUpsurge([...words(), ...PATIENT], temporary.path);
    await untilSaid(loading, "is read-only; trying again");
    await server.sql("alter system reset default_transaction_read_only");
    await server.sql("select pg_reload_conf()");
    const { exitCode, stderr } = await loading.ended;

    expect(exitCode, stderr).toBe(0);
    expect(await rows()).toEqual(LOADED);
  });
});

test("a standby is told at once; --wait waits until it is the primary", async () => {
  await server.sql(ANEW);
  await server.becomeStandby();

  const refused = await load();
  const inspected = await runUpsurge(["inspect", "--to", server.url, "--table", "t"]);
  const flag = /(--wait 5m) waits for that/.exec(refused.stderr)?.[1]?.split(" ") ?? [];
  const waiting = spawnUpsurge([...words(), ...PATIENT, ...flag], temporary.path);
  await untilSaid(waiting, "the server takes no writes yet; trying again");
  await server.sql("select pg_promote()");
  const { exitCode, stderr } = await waiting.ended;

  expect([refused.exitCode, refused.stderr]).toEqual([
    75,
    expect.stringContaining("TARGET_READ_ONLY"),
  ]);
  expect(refused.stderr).toContain("the server is a standby");
  expect(refused.stderr).not.toContain("trying again");
  expect(inspected.exitCode, inspected.stderr).toBe(0);
  expect(exitCode, stderr).toBe(0);
  expect(await rows()).toEqual(LOADED);
});

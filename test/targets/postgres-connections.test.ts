/**
 * Every connection parameter of libpq against a real server: who connects, and who is refused. Where `psql` is there, it is
 * asked as well, and must come to the same.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LIBPQ_PARAMETERS } from "../../src/targets/postgres/connect/libpq-parameters.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { firstTests } from "../tiers/tiers.ts";
import { startTlsServer, tlsFile } from "../helpers/tls-server.ts";
import type { TlsServer } from "../helpers/tls-server.ts";

// Elsewhere the loopback has one address only.
const isLinux = process.platform === "linux";
const temporary = useTempDir();
let server: TlsServer | null = null;

/** Which user may log in how. */
const HBA = [
  "host all plain 127.0.0.1/8 password",
  "host all hashed 127.0.0.1/8 md5",
  "host all scram 127.0.0.1/8 scram-sha-256",
  "hostssl all tlsonly 127.0.0.1/8 trust",
  "hostnossl all clearonly 127.0.0.1/8 trust",
  "host all postgres 127.0.0.1/8 password",
  "host all anyone,reader 127.0.0.1/8 trust",
];

beforeAll(async () => {
  if (!isLinux) return;
  server = await startTlsServer();
  await server.exec(`
    create role plain login password 'secret'; create role scram login password 'secret';
    set password_encryption = md5; create role hashed login password 'secret';
    create role tlsonly login; create role clearonly login; create role anyone login;
    create role reader login; alter role reader set default_transaction_read_only = on;
    create schema app; create table t (k int primary key); create table app.t (k int primary key);
    grant usage on schema app to anyone; grant all on t, app.t to anyone;
    do $$ begin execute format('copy (select unnest(string_to_array(%L, %L))) to %L',
      '${HBA.join(";")}', ';', current_setting('hba_file')); end $$`);
  // Starts it again, with those rules.
  await server.show("here");
  for (const name of ["ours", "theirs", "none"])
    mkdirSync(join(temporary.path, name, ".postgresql"), { recursive: true });
  copyFileSync(tlsFile("ca"), join(temporary.path, "ours", ".postgresql", "root.crt"));
  copyFileSync(tlsFile("self"), join(temporary.path, "theirs", ".postgresql", "root.crt"));
});
afterAll(async () => {
  await server?.stop();
});

interface Attempt {
  /** `anyone`, who is trusted, unless said otherwise. */
  readonly user?: string;
  readonly query?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `ours`: the CA of the tests is in its usual place; `theirs`: another one; `none`: none. */
  readonly home?: "ours" | "theirs" | "none";
  /** Whatever stands between // and the database. */
  readonly hosts?: string;
  readonly result: "connects" | "refused";
  /** Why psql comes to something else, or cannot tell. */
  readonly psql?: string;
}

/** `query: result`, on a line each. */
function attempts(text: string, more: Partial<Attempt> = {}): Attempt[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [query = "", result = ""] = line.trim().split(": ");
      if (result !== "connects" && result !== "refused") throw new Error(`what is ${line}?`);
      return { query, result, ...more };
    });
}

const STRICTER = "upsurge is stricter, as docs/reference/postgres-connections.md says";
const CA = `sslrootcert=${tlsFile("ca")}`;

const ATTEMPTS: readonly Attempt[] = [
  ...attempts(
    `
    sslmode=require&channel_binding=require: connects
    sslmode=require&channel_binding=prefer: connects
    sslmode=require&channel_binding=disable: connects
    sslmode=disable&channel_binding=prefer: connects
    sslmode=disable&channel_binding=require: refused
    channel_binding=require: connects
    channel_binding=always: refused
    sslmode=require&require_auth=scram-sha-256: connects
    require_auth=scram-sha-256,none: connects
    require_auth=!scram-sha-256: refused
    require_auth=!password,!md5: connects
    require_auth=password: refused
    require_auth=gss,sspi: refused
    require_auth=password,!md5: refused
    require_auth=scram: refused`,
    { user: "scram:secret" },
  ),
  { user: "scram:secret", env: { PGCHANNELBINDING: "require" }, result: "connects" },
  { user: "scram:secret", env: { PGREQUIREAUTH: "md5" }, result: "refused" },
  { user: "scram:wrong", query: "sslmode=prefer", result: "refused" },
  { user: "scram", query: "password=secret", result: "connects" },
  { user: "scram", env: { PGPASSWORD: "secret" }, result: "connects" },
  { user: "scram", query: "passfile=/no/such/file", result: "refused" },
  ...attempts(
    `
    require_auth=password: connects
    require_auth=md5: refused
    channel_binding=require: refused`,
    { user: "plain:secret" },
  ),
  ...attempts(
    `
    require_auth=md5: connects
    require_auth=scram-sha-256: refused
    sslmode=require&channel_binding=require: refused`,
    { user: "hashed:secret" },
  ),
  ...attempts(`
    require_auth=none: connects
    require_auth=!none: refused
    require_auth=scram-sha-256: refused
    sslmode=require&channel_binding=require: refused`),
  ...attempts(
    `
    sslmode=disable: refused
    sslmode=allow: connects
    sslmode=prefer: connects
    sslmode=require: connects
    requiressl=1: connects
    ssl=true: connects`,
    { user: "tlsonly" },
  ),
  ...attempts(
    `
    sslmode=disable: connects
    sslmode=allow: connects
    sslmode=prefer: connects
    sslmode=require: refused`,
    { user: "clearonly" },
  ),
  ...attempts(
    `
    sslmode=require: connects
    sslmode=verify-ca: connects
    sslmode=verify-full: connects`,
    { home: "ours" },
  ),
  ...attempts(
    `
    sslmode=require: refused
    sslmode=verify-ca: refused
    sslmode=verify-full: refused
    sslmode=disable: connects
    sslmode=prefer: connects
    sslmode=require&${CA}: connects`,
    { home: "theirs" },
  ),
  { user: "tlsonly", query: "sslmode=prefer", home: "theirs", result: "refused" },
  { user: "tlsonly", query: "sslmode=allow", home: "theirs", result: "refused" },
  { query: "sslmode=require", result: "connects" },
  { query: "sslmode=no-verify", result: "refused" },
  { query: "sslrootcert=system&sslmode=require", result: "refused" },
  { query: "sslrootcert=system", result: "refused" },
  { query: "sslrootcert=/no/such/file&sslmode=require", result: "refused", psql: STRICTER },
  { query: `${CA}&sslmode=verify-ca&sslcrl=/no/such/file`, result: "refused", psql: STRICTER },
  { query: `${CA}&sslmode=verify-ca&sslcrldir=/no/such/folder`, result: "refused", psql: STRICTER },
  { query: "sslcert=/no/such/file&sslmode=require", result: "refused", psql: STRICTER },
  ...attempts(`
    sslmode=require&sslnegotiation=direct: connects
    sslmode=require&sslnegotiation=postgres: connects
    sslmode=prefer&sslnegotiation=direct: refused
    sslnegotiation=direct: refused
    sslmode=require&ssl_min_protocol_version=TLSv1.3: connects
    sslmode=require&ssl_max_protocol_version=TLSv1.2: connects
    sslmode=require&ssl_max_protocol_version=TLSv1.1: refused
    sslmode=require&ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2: refused
    sslmode=require&ssl_min_protocol_version=SSLv3: refused
    sslmode=require&sslcertmode=disable: connects
    sslmode=require&sslcertmode=allow: connects
    sslmode=require&sslcertmode=require: refused
    sslmode=require&sslkey=/no/such/file: connects
    sslmode=require&sslpassword=x: connects
    sslsni=1: connects
    sslcompression=0: connects
    sslcompression=1: connects
    gssencmode=disable: connects
    gssencmode=require: refused
    gssencmode=perhaps: refused
    krbsrvname=x: connects
    gsslib=gssapi: connects
    gssdelegation=0: connects
    requirepeer=nobody: connects
    min_protocol_version=3.0: connects
    max_protocol_version=3.2: connects
    max_protocol_version=latest: connects
    max_protocol_version=2: refused
    oauth_issuer=https://example.com: connects
    oauth_client_id=x: connects
    oauth_client_secret=x: connects
    oauth_scope=x: connects
    replication=false: connects
    target_session_attrs=any: connects
    target_session_attrs=read-write: connects
    target_session_attrs=read-only: refused
    target_session_attrs=primary: connects
    target_session_attrs=standby: refused
    target_session_attrs=prefer-standby: connects
    target_session_attrs=writable: refused
    load_balance_hosts=random: connects
    load_balance_hosts=disable: connects
    load_balance_hosts=always: refused
    keepalives=0: connects
    keepalives_idle=5: connects
    keepalives_idle=soon: refused
    keepalives_interval=5: connects
    keepalives_count=5: connects
    tcp_user_timeout=1000: connects
    connect_timeout=5: connects
    connect_timeout=soon: refused
    application_name=a%20b: connects
    fallback_application_name=x: connects
    client_encoding=LATIN1: connects
    options=-c%20geqo%3Doff: connects
    options=-c%20no_such_setting%3Doff: refused
    hostaddr=127.0.0.2&sslmode=require: connects
    hostaddr=localhost: refused
    hostaddr=127.0.0.1,127.0.0.2: refused
    port=1,2: refused
    dbname=template1: connects
    user=reader: connects
    host=127.0.0.1: connects
    service=no_such_service: refused
    sslmod=require: refused
    frobnicate=1: refused
    zzz: refused`),
  { query: "sslsni=0", result: "refused", psql: STRICTER },
  { query: "min_protocol_version=3.2", result: "refused", psql: STRICTER },
  { query: "replication=database", result: "refused", psql: STRICTER },
  { query: "scram_client_key=AAAA", result: "refused" },
  { query: "scram_server_key=AAAA", result: "refused" },
  { query: "sslkeylogfile=/no/such/file&sslmode=require", result: "refused", psql: STRICTER },
  { user: "reader", query: "target_session_attrs=read-write", result: "refused" },
  { user: "reader", query: "target_session_attrs=read-only", result: "connects" },
  { user: "reader", env: { PGTARGETSESSIONATTRS: "read-write" }, result: "refused" },
  { env: { PGGSSENCMODE: "require" }, result: "refused" },
  { env: { PGSSLMODE: "sometimes" }, result: "refused" },
  { env: { PGHOSTADDR: "127.0.0.2", PGSSLMODE: "require" }, result: "connects" },
  { env: { PGSSLNEGOTIATION: "direct" }, result: "refused" },
  { hosts: "127.0.0.1:1,127.0.0.1:PORT", result: "connects" },
  { hosts: "127.0.0.1:PORT,127.0.0.1:1", result: "connects" },
  { hosts: "127.0.0.1,localhost", query: "port=PORT", result: "connects" },
  { hosts: "127.0.0.1:1,127.0.0.1:PORT", query: "target_session_attrs=standby", result: "refused" },
  {
    hosts: "127.0.0.1:1,127.0.0.1:PORT",
    query: "target_session_attrs=prefer-standby",
    result: "connects",
  },
  { user: "scram:wrong", hosts: "127.0.0.1:PORT,127.0.0.1:PORT", result: "refused" },
];

function urlOf({ user = "anyone", query = "", hosts = "127.0.0.1:PORT" }: Attempt): string {
  const url = `postgres://${user}@${hosts}/postgres?${query}`;
  return url.replaceAll("PORT", String(server?.port));
}

function environmentOf({ env = {}, home = "none" }: Attempt): Record<string, string> {
  return { HOME: join(temporary.path, home), ...env };
}

function nameOf({ user, hosts, query, env = {}, home }: Attempt): string {
  const parts = [user, hosts, query, Object.entries(env).flat().join("="), home];
  return parts.filter(Boolean).join(" ");
}

describe.runIf(isLinux)("a server with TLS and all ways to log in", () => {
  test.each(ATTEMPTS.map((each) => [nameOf(each), each.result, each] as const))(
    "%s: %s",
    async (_, result, attempt) => {
      const run = await runUpsurge(["inspect", "--to", urlOf(attempt)], {
        env: environmentOf(attempt),
      });

      expect(run.exitCode === 0 ? "connects" : "refused", run.stderr).toBe(result);
      if (result === "refused") expect([2, 4, 75]).toContain(run.exitCode);
      expect(run.stderr).not.toMatch(/secret|INTERNAL/);
    },
  );

  test("every parameter of libpq has been tried", () => {
    const tried = new Set(
      ATTEMPTS.flatMap(({ query = "", env = {} }) => [
        ...query.split("&").map((each) => each.split("=")[0]),
        ...LIBPQ_PARAMETERS.filter(({ variable = "" }) => variable in env).map(({ name }) => name),
      ]),
    );
    expect(LIBPQ_PARAMETERS.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
  });
});

const { output: told } = spawnSync("psql", ["--version"], { encoding: "utf8" });
const [, major = null] = /\) (\d+)/.exec(String(told)) ?? [];
/** The major version of the psql that is there; null: none, and nothing is compared. */
const psql = major === null ? null : Number(major);

/** Whether this psql knows every word of the attempt, and must come to the same. */
function isComparable({ query = "", env = {}, psql: why }: Attempt): boolean {
  const words = query.split("&").map((each) => each.split("=")[0]);
  const since = LIBPQ_PARAMETERS.filter(
    ({ name, variable = "" }) => words.includes(name) || variable in env,
  ).map((each) => each.since ?? 0);
  const version = query.includes("sslrootcert=system") ? 16 : Math.max(0, ...since);
  return why === undefined && version <= (psql ?? 0);
}

describe.runIf(isLinux && psql !== null)(
  `psql ${psql ?? "(there is none: nothing is compared)"}`,
  () => {
    test.each(
      firstTests("connections that psql makes", ATTEMPTS.filter(isComparable)).map(
        (each) => [nameOf(each), each.result, each] as const,
      ),
    )("%s: %s", (_, result, attempt) => {
      const { status, stderr } = spawnSync("psql", ["-X", "-w", "-c", "select 1", urlOf(attempt)], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"], PGCONNECT_TIMEOUT: "10", ...environmentOf(attempt) },
      });

      expect(status === 0 ? "connects" : "refused", stderr).toBe(result);
    });
  },
);

async function load(query: string, table = "t"): Promise<RunResult> {
  const url = `${urlOf({ result: "connects" })}${query}`;
  const flags = ["--format", "csv", "--table", table, "--key", "k", "--json"];
  return await runUpsurge(["-", "--to", url, ...flags], { stdin: "k\n1\n" });
}

describe.runIf(isLinux)("where a table without a schema is looked for", () => {
  test.each([
    ["schema=app", "app.t"],
    ["schema=public", "public.t"],
    ["schema=app&connection_limit=5&pgbouncer=true&pool_timeout=0", "app.t"],
    ["currentSchema=app,public", "app.t"],
    ["search_path=nothing,app", "app.t"],
    ["options=-csearch_path%3Dapp", "app.t"],
    ["", "public.t"],
  ])("%s: %s", async (query, table) => {
    const { exitCode, stdout, stderr } = await load(query);

    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout).table).toBe(table);
  });

  test("a schema that is not there has no tables, whatever the others have", async () => {
    const { exitCode, stderr } = await load("schema=App");

    expect(exitCode).toBe(2);
    expect(stderr).toContain("PLAN_NO_TABLE");
    // The name alone would fail again: only with its schema each of them is found.
    const [, found = ""] = /did you mean ([^?]*)\?/.exec(stderr) ?? [];
    expect(found.split(" or ").toSorted()).toEqual(["app.t", "public.t"]);
    for (const table of found.split(" or ")) {
      const again = await load("schema=App", table);
      expect(again.exitCode, again.stderr).toBe(0);
      expect(JSON.parse(again.stdout).table).toBe(table);
    }
  });
});

describe.runIf(isLinux)("passwords in files", () => {
  test.each(["service", "pgpass"])(
    "one of a %s file is masked wherever it stands",
    async (kind) => {
      const HOME = join(temporary.path, `home-${kind}`);
      const { mkdirSync: make, writeFileSync: write } = await import("node:fs");
      make(HOME);
      write(
        join(HOME, ".pg_service.conf"),
        `[s]\nhost=127.0.0.1\nport=${server?.port}\ndbname=postgres\nuser=scram\n${kind === "service" ? "password=secret" : ""}\n`,
      );
      if (kind === "pgpass")
        writeFileSync(join(HOME, ".pgpass"), "*:*:*:scram:secret\n", { mode: 0o600 });
      const args = ["inspect", "--to", "postgres:///?service=s", "--table", "secret"];
      const { exitCode, stderr, stdout } = await runUpsurge(args, { env: { HOME } });

      expect(exitCode).toBe(2);
      expect(stderr).toContain("***");
      expect(stderr + stdout).not.toContain("secret");
    },
  );
});

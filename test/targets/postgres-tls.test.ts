/** TLS with a real server: verified by default, and weaker only where somebody says so. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { startTlsServer, tlsFile } from "../helpers/tls-server.ts";
import type { Certificate, TlsServer } from "../helpers/tls-server.ts";

const CA = `sslrootcert=${tlsFile("ca")}`;
const HERE = "127.0.0.1";
/** This machine as well, but upsurge does not know. */
const AWAY = "127.0.0.2";

/** What a load over a connection comes to: encrypted, in the clear, or refused for want of trust. */
type Outcome = "encrypted" | "clear" | "refused";

const CASES: readonly (readonly [
  Certificate | null,
  readonly (readonly [host: string, query: string, Outcome])[],
])[] = [
  [
    "here",
    [
      [AWAY, CA, "encrypted"],
      [AWAY, `${CA}&sslmode=verify-full`, "encrypted"],
      ["localhost", `${CA}&sslmode=verify-full`, "encrypted"],
      // Nobody knows this CA.
      [AWAY, "", "refused"],
      [AWAY, "sslmode=verify-ca", "refused"],
      [AWAY, "sslmode=require", "encrypted"],
      [AWAY, "sslmode=prefer", "encrypted"],
      [AWAY, "sslmode=disable", "clear"],
      [HERE, "", "clear"],
    ],
  ],
  [
    "self",
    [
      [AWAY, "", "refused"],
      [AWAY, CA, "refused"],
      [AWAY, "sslmode=verify-ca", "refused"],
      [AWAY, `sslmode=require&${CA}`, "refused"],
      [AWAY, "sslmode=require", "encrypted"],
      [AWAY, `sslrootcert=${tlsFile("self")}`, "encrypted"],
    ],
  ],
  [
    "elsewhere",
    [
      [AWAY, CA, "refused"],
      ["localhost", `${CA}&sslmode=verify-full`, "refused"],
      [AWAY, `${CA}&sslmode=verify-ca`, "encrypted"],
    ],
  ],
  [
    "expired",
    [
      [AWAY, CA, "refused"],
      [AWAY, `${CA}&sslmode=verify-ca`, "refused"],
      [AWAY, "sslmode=require", "encrypted"],
    ],
  ],
  [
    null,
    [
      [AWAY, "", "refused"],
      [AWAY, CA, "refused"],
      [AWAY, "sslmode=require", "refused"],
      [HERE, "sslmode=verify-full", "refused"],
      [AWAY, "sslmode=prefer", "clear"],
      [AWAY, "sslmode=disable", "clear"],
    ],
  ],
];

let server: TlsServer | null = null;

// Elsewhere the loopback has one address only.
const isLinux = process.platform === "linux";

beforeAll(async () => {
  if (!isLinux) return;
  server = await startTlsServer();
  await server.exec(`create function over_tls() returns boolean language sql
      as 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';
    create table t (k int primary key, encrypted boolean default over_tls())`);
});
afterAll(async () => {
  await server?.stop();
});

function load(host: string, query: string): Promise<RunResult> {
  const url = `postgres://postgres:postgres@${host}:${server?.port}/postgres?${query}`;
  const args = ["-", "--format", "csv", "--to", url, "--table", "t", "--retry-timeout", "0"];
  const set = ["--key", "k", "--stamp", "encrypted = over_tls()", "--json"];
  return runUpsurge([...args, ...set], { stdin: "k\n1\n" });
}

describe.runIf(isLinux).each(CASES)(
  "a server that shows the certificate %s",
  (certificate, connections) => {
    beforeAll(async () => {
      await server?.show(certificate);
    });

    test.each(connections)("%s?%s: %s", async (host, query, outcome) => {
      await server?.exec("truncate t");
      const { exitCode, stdout, stderr } = await load(host, query);

      if (outcome === "refused") {
        expect(stderr).toContain("TARGET_TLS");
        expect(exitCode).toBe(2);
        return;
      }
      expect(exitCode, stderr).toBe(0);
      expect(JSON.parse(stdout).counts.inserted).toBe(1);
      const sql = `do 'begin assert (select encrypted from t) = ${outcome === "encrypted"}; end'`;
      await expect(server?.exec(sql)).resolves.toBeUndefined();
    });
  },
);

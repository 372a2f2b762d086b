/**
 * SQL Server with a login of Entra ID: the driver's own library asks for the token, of a service on this machine, and the tests'
 * server lets in who brings it. Connections are encrypted as they must be.
 */
import { createServer } from "node:http";
import type { Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileURLToPath } from "node:url";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { ENTRA_TOKEN } from "../support/tsql/backend.ts";
import { portOf } from "../unit/targets/sqlserver-support.ts";
import { tell, useFaultyServer } from "./sqlserver-support.ts";

const CERTIFICATE = fileURLToPath(new URL("../support/tds/localhost-cert.pem", import.meta.url));

/** What the machine says of its identity; the header keeps others from asking. */
const IDENTITY = {
  header: "identity-header-9c1f",
  clientId: "11111111-2222-3333-4444-555555555555",
};

/** A service that hands out tokens to who has the header, and what it was asked for. */
let service: Server | null = null;
let asked: URL[] = [];
let token = ENTRA_TOKEN;

beforeEach(async () => {
  asked = [];
  token = ENTRA_TOKEN;
  const started = createServer((request, response) => {
    asked.push(new URL(request.url ?? "", "http://localhost"));
    const mayAsk = request.headers["x-identity-header"] === IDENTITY.header;
    response.writeHead(mayAsk ? 200 : 401, { "content-type": "application/json" });
    response.end(
      mayAsk
        ? JSON.stringify({
            access_token: token,
            expires_on: "4102444800",
            resource: "https://database.windows.net/",
            token_type: "Bearer",
          })
        : JSON.stringify({ error: "unauthorized" }),
    );
  });
  service = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
});

afterEach(() => void service?.close());

/** Runs a command against the database; the machine has an identity unless `header` is another. */
async function run(
  args: readonly string[],
  how: { readonly header?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const folder = tempDir({ "in.csv": "id,n\n1,10\n2,20\n" });
  const identity = {
    IDENTITY_ENDPOINT: `http://127.0.0.1:${portOf(service?.address() ?? null)}/token`,
    IDENTITY_HEADER: how.header ?? IDENTITY.header,
  };
  return await spawnUpsurge(args, folder, { env: { ...identity, ...how.env } }).ended;
}

/** A load into the table `t`. */
function into(url: string): string[] {
  return ["in.csv", "--to", url, "--table", "t", "--key", "id"];
}

describe("a login of Entra ID", () => {
  const db = useFaultyServer("on");
  beforeEach(async () => {
    await tell(await db.session(), "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)");
  });

  /** A URL without a user, by this login. */
  function to(authentication: string, user = ""): string {
    const url = db.url({ more: `ca=${encodeURIComponent(CERTIFICATE)}` });
    return `${url.replace("sa:secret@", user)}&authentication=${authentication}`;
  }

  test.each(["ActiveDirectoryManagedIdentity", "ActiveDirectoryMSI", "ActiveDirectoryDefault"])(
    "%s gets its token and loads",
    async (authentication) => {
      // MSSQL_USER is an account's: it is not the id of an identity.
      const env = { MSSQL_USER: "sa", MSSQL_PASSWORD: "wrong" };
      const { exitCode, stderr } = await run([...into(to(authentication)), "-q"], { env });
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(await tell(await db.session(), "SELECT COUNT(*) FROM t")).toEqual([["2"]]);
      expect(asked[0]?.searchParams.get("resource")).toBe("https://database.windows.net");
      expect(asked[0]?.searchParams.has("client_id")).toBe(false);
      expect(db.server.logins.at(-1)).toMatchObject({ user: "", token: ENTRA_TOKEN });
    },
  );

  test("an identity that was assigned is asked for by its client id", async () => {
    const url = to("ActiveDirectoryManagedIdentity", `${IDENTITY.clientId}@`);
    expect(await run([...into(url), "-q"])).toMatchObject({ exitCode: 0 });
    expect(asked[0]?.searchParams.get("client_id")).toBe(IDENTITY.clientId);
  });

  test("a token that the server refuses is a refused login, and is not shown", async () => {
    token = "another-token-of-somebody";
    const { exitCode, stdout, stderr } = await run(into(to("ActiveDirectoryMSI")));
    expect(exitCode).toBe(2);
    expect(stderr).toContain("TARGET_LOGIN");
    expect(stderr).toContain("(18456)");
    expect(stdout + stderr).not.toContain(token);
  });

  test("no token is a refused login, with what helps", async () => {
    const { exitCode, stdout, stderr } = await run(into(to("ActiveDirectoryMSI")), {
      header: "another-header-77aa",
    });
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("TARGET_LOGIN");
    expect(stderr).toContain("az login");
    expect(stderr).not.toContain("another-header-77aa");
  });
});

/** Opening a connection: encrypted, verified, and with a reason when it fails. */
import { createServer } from "node:net";
import { checkServerIdentity } from "node:tls";
import type { PeerCertificate } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { clientConfig, tlsWarning } from "../../../src/targets/sqlserver/connect/client-config.ts";
import { connectError } from "../../../src/targets/sqlserver/connect/connect-error.ts";
import { SqlServerConnection } from "../../../src/targets/sqlserver/connect/connection.ts";
import { cleanUp, connect, failure, portOf, servers } from "./sqlserver-support.ts";

afterEach(cleanUp);

describe("opening", () => {
  test.each([
    ["wrong", 18_456, "TARGET_LOGIN"],
    ["nowhere", 4060, "TARGET_NO_DATABASE"],
    ["busy", 40_613, "TARGET_BUSY"],
  ])("is refused: %s", async (password, number, code) => {
    const error = await failure(connect({}, { password }));
    expect(error.code).toBe(code);
    expect(error.why).toContain(`(${number})`);
    expect(error.fix).not.toContain("psql");
  });

  test("takes encryption for granted", async () => {
    const error = await failure(connect({}, { query: "" }));
    expect(error).toMatchObject({ code: "TARGET_TLS" });
    expect(error.fix).toContain("encrypt=false");
    expect(servers[0]?.logins).toEqual([]);
  });

  test("does not trust just any certificate", async () => {
    const error = await failure(connect({ encryption: "on" }, { query: "" }));
    expect(error).toMatchObject({ code: "TARGET_TLS" });
    expect(error.fix).toContain("ca=FILE");
  });

  test.each([
    ["?trustServerCertificate=true"],
    [`?ca=${encodeURIComponent("test/support/tds/localhost-cert.pem")}`],
  ])("encrypts with %s", async (query) => {
    const connection = await connect({ encryption: "on" }, { query });
    expect(await connection.batch("one")).toEqual([[{ i: 1 }]]);
  });

  test("does as a server says that insists on encryption", async () => {
    const error = await failure(connect({ encryption: "on" }));
    expect(error.code).toBe("TARGET_TLS");
    expect(error.fix).toContain("encrypt=true");
  });

  test("tells a server that is not there", async () => {
    const error = await failure(
      SqlServerConnection.open("sqlserver://sa:x@127.0.0.1:1/shop?encrypt=false", {}),
    );
    expect(error.code).toBe("TARGET_UNREACHABLE");
    const same = await failure(SqlServerConnection.open("sqlserver://sa:x@127.0.0.1:1/shop", {}));
    expect(same.code).toBe("TARGET_UNREACHABLE");
  });

  test.each(["", "&encrypt=false"])("waits no longer than it was told%s", async (query) => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const url = `sqlserver://sa:x@127.0.0.1:${portOf(silent.address())}?connectTimeout=1${query}`;
    const error = await failure(SqlServerConnection.open(url, {}));
    silent.close();
    expect(error.code).toBe("TARGET_UNREACHABLE");
  });

  test("needs a user", async () => {
    const error = await failure(SqlServerConnection.open("sqlserver://localhost/shop", {}));
    expect(error.code).toBe("TARGET_LOGIN");
  });
});

describe("a failure", () => {
  test.each([
    ["ESOCKET", "ECONNREFUSED", "TARGET_UNREACHABLE"],
    ["ESOCKET", "ENOTFOUND", "TARGET_UNREACHABLE"],
    ["ESOCKET", "ECONNRESET", "TARGET_UNREACHABLE"],
    ["ETIMEOUT", undefined, "TARGET_UNREACHABLE"],
    ["EINSTLOOKUP", undefined, "TARGET_UNREACHABLE"],
    ["ESOCKET", "DEPTH_ZERO_SELF_SIGNED_CERT", "TARGET_TLS"],
    ["ESOCKET", "SELF_SIGNED_CERT_IN_CHAIN", "TARGET_TLS"],
    ["ESOCKET", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "TARGET_TLS"],
    ["ESOCKET", "CERT_HAS_EXPIRED", "TARGET_TLS"],
    ["ESOCKET", "ERR_TLS_CERT_ALTNAME_INVALID", "TARGET_TLS"],
    ["ESOCKET", "ERR_SSL_WRONG_VERSION_NUMBER", "TARGET_TLS"],
    ["EENCRYPT", undefined, "TARGET_TLS"],
    ["ESOCKET", undefined, "TARGET_TLS"],
    ["ELOGIN", undefined, "TARGET_LOGIN"],
  ])("%s because of %s is %s", (code, inner, expected) => {
    const cause = inner === undefined ? {} : { cause: new AggregateError([coded(inner)]) };
    const error = Object.assign(coded("x"), { code, originalError: coded(code, cause) });
    expect(connectError(error, "db", { tls: true })).toMatchObject({ code: expected });
  });

  test("of a login is decided by the server's number", () => {
    const messages = [
      { number: 4060, message: "Cannot open database." },
      { number: 18_456, message: "Login failed." },
    ];
    const error = connectError(coded("ELOGIN"), "db", { tls: true, messages });
    expect(error).toMatchObject({
      code: "TARGET_NO_DATABASE",
      why: "Cannot open database. (4060) Login failed. (18456)",
    });
  });

  test("of ours passes through", async () => {
    const ours = await failure(SqlServerConnection.open("sqlserver://db/shop", {}));
    expect(connectError(ours, "db", { tls: true })).toBe(ours);
  });
});

describe("the driver's configuration", () => {
  test("encrypts and verifies by default, on this machine too", () => {
    for (const host of ["localhost", "db"]) {
      const { options } = clientConfig(`sqlserver://sa:x@${host}`, {});
      expect(options).toMatchObject({ encrypt: true, trustServerCertificate: false });
    }
  });

  test("never ends a statement by itself, and never opens a second connection", () => {
    const { requestTimeout, connectionTimeout, pool } = clientConfig("sqlserver://sa:x@db", {});
    expect({ requestTimeout, connectionTimeout }).toEqual({
      requestTimeout: 0,
      connectionTimeout: 10_000,
    });
    expect(pool).toMatchObject({ max: 1 });
  });

  test.each([
    ["10.0.0.1", "10.0.0.1."],
    ["[fe80::1]", "fe80::1."],
    ["db.example.com", undefined],
    ["10.0.0.1/?encrypt=strict", undefined],
    ["10.0.0.1/?hostNameInCertificate=db.corp", "db.corp"],
    ["10.0.0.1/?encrypt=false", undefined],
  ])("gives TLS a name that is no address, for %s", (host, name) => {
    const { options } = clientConfig(`sqlserver://sa:x@${host}`, {});
    expect((options as { serverName?: string }).serverName).toBe(name);
  });

  test("of an address, which a certificate is checked for", () => {
    expect(checkServerIdentity("10.0.0.1.", cert("10.0.0.1"))).toBeUndefined();
    expect(checkServerIdentity("10.0.0.1.", cert("10.0.0.2"))?.message).toContain("10.0.0.1");
    expect(checkServerIdentity("fe80::1.", cert("FE80:0:0:0:0:0:0:1"))).toBeUndefined();
  });

  test.each([
    ["app@db", { MSSQL_PASSWORD: "s", AZURE_TENANT_ID: "t" }, ["app", "s", "t"]],
    ["app%40t2:s@db", { AZURE_TENANT_ID: "t" }, ["app", "s", "t2"]],
    ["db", { MSSQL_USER: "app@t", MSSQL_PASSWORD: "s" }, ["app", "s", "t"]],
  ])(
    "logs a service principal in, of %s",
    (at, environment, [clientId, clientSecret, tenantId]) => {
      const url = `sqlserver://${at}/shop?authentication=Active Directory Service Principal`;
      const { authentication, user, password } = clientConfig(url, environment);
      expect(authentication).toEqual({
        type: "azure-active-directory-service-principal-secret",
        options: { clientId, clientSecret, tenantId },
      });
      expect([user, password]).toEqual([undefined, undefined]);
    },
  );

  test("logs a user of Entra ID in with its password, by an application", () => {
    const url = "Server=db;Authentication=ActiveDirectoryPassword;User Id=ann@corp;Password=s";
    expect(clientConfig(url, { AZURE_CLIENT_ID: "app" }).authentication).toEqual({
      type: "azure-active-directory-password",
      options: { userName: "ann@corp", password: "s", clientId: "app", tenantId: "common" },
    });
  });

  test.each([
    [
      "sqlserver://db?authentication=ActiveDirectoryPassword&user=ann&password=s",
      "AZURE_CLIENT_ID",
    ],
    ["sqlserver://app@db?authentication=ActiveDirectoryServicePrincipal", "MSSQL_PASSWORD"],
    ["sqlserver://app:s@db?authentication=ActiveDirectoryServicePrincipal", "AZURE_TENANT_ID"],
    ["sqlserver://:s@db?authentication=ActiveDirectoryServicePrincipal", "MSSQL_USER"],
    ["sqlserver://db", "authentication=ActiveDirectoryDefault"],
  ])("says what is missing for a login: %s", (url, named) => {
    expect(() => clientConfig(url, {})).toThrow(
      expect.objectContaining({ code: "TARGET_LOGIN", fix: expect.stringContaining(named) }),
    );
  });

  test.each([
    ["ActiveDirectoryDefault", "azure-active-directory-default"],
    ["Active Directory Managed Identity", "azure-active-directory-msi-vm"],
    ["active directory msi", "azure-active-directory-msi-vm"],
    ["azure-active-directory-msi-app-service", "azure-active-directory-msi-vm"],
  ])("takes the word of ADO.NET, JDBC and the driver: %s", (word, type) => {
    const environment = { MSSQL_USER: "sa", MSSQL_PASSWORD: "x" };
    const { authentication, connectionTimeout } = clientConfig(
      `Server=db;Authentication=${word}`,
      environment,
    );
    expect(authentication).toEqual({ type, options: {} });
    expect(connectionTimeout).toBe(30_000);
  });

  test("names a certificate file that cannot be read", () => {
    expect(() => clientConfig("sqlserver://sa:x@db?ca=/no/file.pem", {})).toThrow(
      expect.objectContaining({ code: "TARGET_URL", why: "ca=/no/file.pem cannot be read" }),
    );
  });
});

describe("a warning", () => {
  test.each([
    ["sqlserver://db?encrypt=false", "encrypt=false"],
    ["sqlserver://db?trustServerCertificate=true", "trustServerCertificate=true"],
    ["Server=db;Password=x;Encrypt=no", "encrypt=false"],
  ])("is due for %s", (url, text) => {
    expect(tlsWarning(url)).toContain(text);
  });

  test.each([
    "sqlserver://db",
    "sqlserver://localhost?encrypt=false",
    "sqlserver://127.0.0.1?trustServerCertificate=true",
    "Server=.;Encrypt=false",
    "sqlserver://db?encrypt=strict&trustServerCertificate=true",
  ])("is not due for %s", (url) => {
    expect(tlsWarning(url)).toBeNull();
  });
});

function coded(code: string, options: ErrorOptions = {}): Error {
  return Object.assign(new Error(code, options), { code });
}

/** A certificate that is made out for an address. */
function cert(address: string): PeerCertificate {
  return { subject: { CN: "db" }, subjectaltname: `IP Address:${address}` } as PeerCertificate;
}

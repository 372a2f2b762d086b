/** Every way in which people write down a SQL Server connection, and that no secret gets out of it. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UpsurgeError } from "../../../src/errors/upsurge-error.ts";
import {
  acceptsUrl,
  describeUrl,
  readSettings,
} from "../../../src/targets/sqlserver/connect/connection-url.ts";

const SHOP = { host: "db", port: 1433, user: "ann", password: "secret", database: "shop" };

describe("a URL", () => {
  test.each([
    ["sqlserver://ann:secret@db/shop", SHOP],
    ["mssql://ann:secret@db:1433/shop", SHOP],
    ["SQLServer://ann:secret@db/shop/", SHOP],
    ["sqlserver://ann:secret@db?database=shop", SHOP],
    ["sqlserver://db/shop?user=ann&password=secret", SHOP],
    ["sqlserver://ann:secret@db:14330/shop", { ...SHOP, port: 14_330 }],
    ["sqlserver://[::1]:1434/shop", { host: "::1", port: 1434 }],
    ["sqlserver://db\\night/shop", { host: "db", instance: "night" }],
    ["sqlserver://db/shop?instanceName=night", { host: "db", instance: "night" }],
    ["sqlserver://db\\night:1500/shop", { instance: null, port: 1500 }],
    ["sqlserver:///shop", { host: "localhost", database: "shop" }],
    ["sqlserver://./shop", { host: "localhost" }],
    ["sqlserver://db/my%20shop%2F1", { database: "my shop/1" }],
    [
      "sqlserver://db/shop?appName=night%20load&connectTimeout=3",
      { appName: "night load", connectTimeoutSeconds: 3 },
    ],
    ["sqlserver://db/shop?Application%20Name=x", { appName: "x" }],
    ["sqlserver://ann:secret@db/shop?appName=a@b", { ...SHOP, appName: "a@b" }],
    ["sqlserver://db/shop?encrypt=strict&ca=/etc/ca.pem", { encrypt: "strict", ca: "/etc/ca.pem" }],
    ["sqlserver://db/shop?encrypt=Optional", { encrypt: false }],
    [
      "sqlserver://db/shop?encrypt=no&trustServerCertificate=YES",
      { encrypt: false, trustServerCertificate: true },
    ],
    ["sqlserver://db/shop?serverCertificate=a.pem", { ca: "a.pem" }],
    ["sqlserver://10.0.0.1/shop?hostNameInCertificate=db.corp", { certificateName: "db.corp" }],
    [
      "sqlserver://db",
      {
        database: null,
        user: null,
        password: null,
        encrypt: true,
        trustServerCertificate: false,
        appName: "upsurge",
      },
    ],
  ])("%s", (url, expected) => {
    expect(readSettings(url, {})).toMatchObject(expected);
  });

  test.each([
    ["p@ss/w?rd", "p@ss/w?rd"],
    ["p%40ss", "p@ss"],
    ["50%off", "50%off"],
    ["a;b}c{d", "a;b}c{d"],
    [`'q"`, `'q"`],
    ["a:b#c", "a:b#c"],
  ])("may have the password %s", (written, password) => {
    expect(readSettings(`sqlserver://ann:${written}@db/shop`, {})).toMatchObject({
      ...SHOP,
      password,
    });
  });
});

describe("JDBC's URL", () => {
  test.each([
    ["jdbc:sqlserver://db:1433;databaseName=shop;user=ann;password=secret;encrypt=true", SHOP],
    ["sqlserver://db;database=shop;userName=ann;password=secret;", SHOP],
    ["jdbc:sqlserver://;serverName=db;databaseName=shop;user=ann;password=secret", SHOP],
    ["jdbc:sqlserver://db\\night;user=ann", { instance: "night" }],
    ["sqlserver://db;portNumber=1500;encrypt=strict", { port: 1500, encrypt: "strict" }],
    ['sqlserver://db;user=ann;password={a;b}}c{@%41"}', { user: "ann", password: 'a;b}c{@%41"' }],
    ["sqlserver://db;user=ann;password=\"'x", { password: `"'x` }],
    [
      "jdbc:sqlserver://x.database.windows.net:1433;database=shop;encrypt=true;hostNameInCertificate=*.database.windows.net;loginTimeout=30;authentication=SqlPassword",
      { host: "x.database.windows.net", certificateName: null, connectTimeoutSeconds: 30 },
    ],
  ])("%s", (url, expected) => {
    expect(readSettings(url, {})).toMatchObject(expected);
  });
});

describe("ADO's connection string", () => {
  test.each([
    [
      "Server=tcp:db,1433;Database=shop;User Id=ann;Password=secret;Encrypt=true;TrustServerCertificate=true",
      SHOP,
    ],
    ["data source = db ; initial catalog = shop ; uid = ann ; pwd = secret ;", SHOP],
    ["DataSource=db;InitialCatalog=shop;UserID=ann;PWD=secret", SHOP],
    ["Addr=db;Database=shop;User=ann;Password=secret;App=x", { ...SHOP, appName: "x" }],
    [
      "Network Address=db;Application Name=x;Connection Timeout=5",
      { host: "db", connectTimeoutSeconds: 5 },
    ],
    [
      "Address=db\\night;Connect Timeout=0",
      { host: "db", instance: "night", connectTimeoutSeconds: 0 },
    ],
    ["Server=db\\night,1500", { host: "db", instance: null, port: 1500 }],
    ["Server=(local)", { host: "localhost" }],
    ["Server=.\\SQLEXPRESS;", { host: "localhost", instance: "SQLEXPRESS" }],
    ["Server=tcp:[::1],1500", { host: "::1", port: 1500 }],
    [
      "Server=db;Trusted_Connection=False;Persist Security Info=False;MultipleActiveResultSets=True",
      { host: "db" },
    ],
    [
      "Driver={ODBC Driver 18 for SQL Server};Server=db;Encrypt=Mandatory",
      { host: "db", encrypt: true },
    ],
    ['Server=db;Password="a;b""c\'}"', { password: `a;b"c'}` }],
    ["Server=db;Password='a;b''c\"'", { password: `a;b'c"` }],
    ["Server=db;Password={a;b}}c};User=ann", { password: "a;b}c", user: "ann" }],
    ["Server=db;Password=a=b@%41}c\"'", { password: "a=b@%41}c\"'" }],
  ])("%s", (url, expected) => {
    expect(readSettings(url, {})).toMatchObject(expected);
  });
});

describe("the environment", () => {
  test("fills in user and password, upsurge's own variables first", () => {
    const sqlcmd = { SQLCMDUSER: "bob", SQLCMDPASSWORD: "two" };
    expect(readSettings("sqlserver://db", sqlcmd)).toMatchObject({ user: "bob", password: "two" });
    expect(
      readSettings("sqlserver://db", { ...sqlcmd, MSSQL_USER: "ann", MSSQL_PASSWORD: "one" }),
    ).toMatchObject({ user: "ann", password: "one" });
  });

  test("takes second place", () => {
    const environment = { MSSQL_USER: "ann", MSSQL_PASSWORD: "one" };
    expect(readSettings("sqlserver://bob:two@db", environment)).toMatchObject({
      user: "bob",
      password: "two",
    });
  });
});

describe("what is refused", () => {
  test.each([
    ["sqlserver://db/shop?sslmode=require", "there is no keyword sslmode"],
    ["Server=db;Sslmode=require", "there is no keyword Sslmode"],
    ["sqlserver://db/shop?database=other", "database is given twice"],
    ["sqlserver://db:1433;port=1434", "port is given twice"],
    ["Server=db;Data Source=other", "host is given twice"],
    ["sqlserver://ann:x@db?uid=bob", "user is given twice"],
    ["sqlserver://db?encrypt=maybe", "encrypt is one of"],
    ["sqlserver://db?connectTimeout=soon", "connectTimeout is a whole number"],
    ["sqlserver://db:99999/shop", "port is a whole number"],
    ["sqlserver://db:port/shop", "it is not of the form"],
    ["sqlserver://db/a/b", "it is not of the form"],
    ["Server=np:\\\\.\\pipe\\sql", "reached by TCP"],
    ["Server=(localdb)\\x", "reached by TCP"],
    ["Server=db:1433", "host,port"],
    ["Server=db;Integrated Security=SSPI", "Integrated Security asks for a login of Windows"],
    [
      "Server=db;Authentication=Active Directory Interactive",
      "pass authentication=ActiveDirectoryDefault",
    ],
    [
      "Server=db;Authentication=ActiveDirectoryIntegrated",
      "pass authentication=ActiveDirectoryDefault",
    ],
    [
      "sqlserver://db?authentication=ActiveDirectoryDeafult",
      "did you mean ActiveDirectoryDefault?",
    ],
    [
      "sqlserver://db?authentication=ActiveDirectoryServicePrincipal2",
      "did you mean ActiveDirectoryServicePrincipal?",
    ],
    [
      "sqlserver://db?authentication=hunter2",
      "authentication is one of SqlPassword, ActiveDirectoryDefault",
    ],
    ["sqlserver://app:s@db?authentication=ActiveDirectoryDefault", "takes no password"],
    [
      "sqlserver://db?authentication=ActiveDirectoryMSI&encrypt=false",
      "goes with encrypt=true or strict only",
    ],
    ["sqlserver://db?encrypt=false&ca=x.pem", "ca goes with encrypt"],
    ["sqlserver://db?trustServerCertificate=true&ca=x.pem", "ca does not go with"],
    ["sqlserver://db?hostNameInCertificate=*.corp", "a pattern that the host does not match"],
    ['Server=db;Password="abc', "it is not of the form"],
    ["Server=db;Password=abc;def", "it is not of the form"],
    ["Server=db;Password=abc;def=g", "what follows the password is no keyword"],
  ])("%s", (url, reason) => {
    const error = failureOf(() => readSettings(url, {}));
    expect(error.code).toBe("TARGET_URL");
    expect(error.why).toContain(reason);
    expect(`${error.message} ${error.why} ${error.fix}`).not.toMatch(/abc|def/);
  });
});

describe("a description", () => {
  test.each([
    ["sqlserver://ann:p@ss@db/shop?encrypt=true", "sqlserver://ann@db:1433/shop"],
    ["Server=db,1500;Database=shop;Uid=ann;Pwd={a;b}", "sqlserver://ann@db:1500/shop"],
    ["jdbc:sqlserver://db\\night;user=ann;password=x", "sqlserver://ann@db\\night/"],
    ["mssql://[::1]", "sqlserver://[::1]:1433/"],
    ["sqlserver://ann:p@db:port/x", "sqlserver://…"],
    ["Server=db;Password=a;b", "sqlserver://…"],
  ])("of %s", (url, expected) => {
    expect(describeUrl(url)).toBe(expected);
  });

  /** Marks what must not be seen; the other characters are those that have a meaning somewhere. */
  const nasty = fc
    .array(fc.constantFrom(..."SECRET@:/?#;={}[]%&\"' \\,.a1".split(""), "SECRET"), {
      minLength: 1,
    })
    .map((parts) => `SECRET${parts.join("")}SECRET`);

  test.each([
    ["as it stands in a URL", (p: string) => `sqlserver://ann:${p}@db/shop`],
    [
      "percent-encoded",
      (p: string) => `mssql://ann:${encodeURIComponent(p)}@db/shop?encrypt=false`,
    ],
    ["in a query", (p: string) => `sqlserver://db/shop?user=ann&password=${encodeURIComponent(p)}`],
    [
      "in JDBC's braces",
      (p: string) => `sqlserver://db;password={${p.replaceAll("}", "}}")}};user=ann`,
    ],
    [
      "bare in JDBC's URL",
      (p: string) => `jdbc:sqlserver://db;user=ann;password=${p};encrypt=true`,
    ],
    ["in ADO's quotes", (p: string) => `Server=db;Pwd="${p.replaceAll('"', '""')}";Uid=ann`],
    ["bare in ADO's string", (p: string) => `Server=db;Uid=ann;Password=${p};Database=shop`],
  ])("tells nothing of a password %s", (_, write) => {
    fc.assert(
      fc.property(nasty, (password) => {
        const url = write(password);
        expect(describeUrl(url)).not.toContain("SECRET");
        try {
          readSettings(url, {});
        } catch (error) {
          const { message, why, fix } = error instanceof UpsurgeError ? error : fail(error);
          expect(`${message} ${why} ${fix}`).not.toContain("SECRET");
        }
      }),
    );
  });
});

describe("what is taken for SQL Server's", () => {
  test.each([
    "sqlserver://db",
    "MSSQL://db",
    "jdbc:sqlserver://db",
    "Server=db;Database=x",
    "Data Source=db",
    " database=x; server = db",
  ])("%s", (url) => {
    expect(acceptsUrl(url)).toBe(true);
  });

  test.each([
    "postgres://db/x?server=1",
    "postgres://u:a;server=b@db/x",
    "server=x;.db",
    "Server=x.sqlite3",
    "sqlite:Server=x",
    "shop.db",
    "host=db password=x",
    "jdbc:postgresql://db;server=x",
    "./a/server=x",
    "",
  ])("not %s", (url) => {
    expect(acceptsUrl(url)).toBe(false);
  });
});

function failureOf(run: () => unknown): UpsurgeError {
  try {
    run();
  } catch (error) {
    if (error instanceof UpsurgeError) return error;
  }
  throw new Error("it was not refused");
}

function fail(error: unknown): never {
  throw error;
}

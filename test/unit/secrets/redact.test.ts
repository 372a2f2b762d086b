/** No secret in any output. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeRedactor, secretsOf } from "../../../src/secrets/redact.ts";

describe("secrets it was not told", () => {
  const redact = makeRedactor([]);

  // A pattern that is tried anew at each letter, up to the last, would not end with these.
  test.each([
    ["one word", "a"],
    ["words between colons", "a:"],
    ["words between dots", "a."],
    ["users of URLs", "a://a:"],
  ])("are looked for in a long text once: %s", (_, part) => {
    const text = part.repeat(1_000_000);

    expect(redact(text)).toBe(text);
    expect(redact(`${text} my_password=hunter2`)).toBe(`${text} my_password=***`);
  });

  test.each([
    ["postgres://app:hunter2@db/shop", "postgres://app:***@db/shop"],
    ["cannot use 'postgres://app:p@ss/w:rd@db/shop'", "cannot use 'postgres://app:***@db/shop'"],
    ["postgres://:secret@db", "postgres://:***@db"],
    [
      "postgres://app@db/shop?password=abc&sslmode=require",
      "postgres://app@db/shop?password=***&sslmode=require",
    ],
    ["app:hunter2@db/shop.db", "app:***@db/shop.db"],
    ["no database file 'app:p@ss/w:rd@db/shop.db'", "no database file 'app:***@db/shop.db'"],
    ["sqlite:app:hunter2@db/shop.db", "sqlite:app:***@db/shop.db"],
    ["--to=app:hunter2@db/shop.db", "--to=app:***@db/shop.db"],
    ["host=db password=abc user=app", "host=db password=*** user=app"],
    ["host=db password = 'a b' user=app", "host=db password = '***' user=app"],
    ["PGPASSWORD=abc psql", "PGPASSWORD=*** psql"],
    ['{"password":"a\\"b","user":"app"}', '{"password":"***","user":"app"}'],
    ["sslpassword=x", "sslpassword=***"],
    ["Server=db;Pwd=x;Database=shop", "Server=db;Pwd=***;Database=shop"],
    ["Server=db;Pwd={a;b}}c};Database=shop", "Server=db;Pwd=***;Database=shop"],
    ['Server=db;Password="a;b";Database=shop', 'Server=db;Password="***";Database=shop'],
    ["sqlserver://app:hunter2@db/shop", "sqlserver://app:***@db/shop"],
    [
      "sqlserver://db;user=app;password=hunter2;encrypt=true",
      "sqlserver://db;user=app;password=***;encrypt=true",
    ],
  ])("masks %s", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test.each([
    "postgres://app@db.example.com:5432/shop",
    "error: no table orders",
    "check user, password and database; PGPASSWORD works as with psql",
    "10:30 orders.csv, record 3, line 4",
    "sqlite:/tmp/shop.db",
    "sqlite:/tmp/me@home/shop.db",
    "C:\\\\Users\\\\me@home\\\\shop.db",
    "postgres://app@db:5432/shop?application_name=a@b",
    '{"level":30,"time":1,"user":"app@db"}',
  ])("leaves %s alone", (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe("secrets of this run", () => {
  test("come from the URL and the environment", () => {
    const secrets = secretsOf("postgres://app:hunter2@db/shop?sslpassword=two", {
      PGPASSWORD: "three",
    });

    expect(secrets).toEqual(expect.arrayContaining(["hunter2", "two", "three"]));
  });

  test("are masked in any words", () => {
    const redact = makeRedactor(secretsOf("postgres://app:hunter2@db/shop", {}));

    expect(redact("the server said hunter2 is wrong")).toBe("the server said *** is wrong");
  });

  test.each([
    ["postgres:/app:hunt?er22@db/shop", "cannot use the target postgres:/app:hunt", "postgres:***"],
    [
      "app:a?bcde_password=f@db",
      "cannot use the connection parameter bcde_password",
      "parameter ***",
    ],
    ["app:abcd/efgh#x@db", "no folder abcd, no file efgh", "no folder ***, no file ***"],
  ])("are masked in parts, where they are not escaped: %s", (url, text, expected) => {
    expect(makeRedactor(secretsOf(url, {}))(text)).toContain(expected);
  });

  test("leave the user's name readable when both are the same", () => {
    const redact = makeRedactor(secretsOf("postgres://postgres:postgres@db/shop", {}));

    expect(redact("user postgres at postgres://postgres:postgres@db/shop")).toBe(
      "user postgres at postgres://postgres:***@db/shop",
    );
  });

  test.each(["postgres", "PostgreSQL", "sqlite", "password", "upsurge", "key"])(
    "of the environment are no secrets when they are %s",
    (word) => {
      const redact = makeRedactor(secretsOf("postgres://app@db/shop", { PGPASSWORD: word }));
      const text = `pass --key and --to ${word}://user@host; upsurge help`;

      expect(redact(text)).toBe(text);
      expect(redact(`postgres://app:${word}@db`)).toBe("postgres://app:***@db");
    },
  );

  test("are masked without a scheme, whether it was told of them or not", () => {
    const secret = fc
      .string({ minLength: 6, maxLength: 30 })
      .filter((text) => /[a-z0-9]/i.test(text) && !text.startsWith("//"));
    fc.assert(
      fc.property(secret, (password) => {
        const url = `app:${password}@db/shop.db`;
        const told = makeRedactor(secretsOf(url, {}));
        const word = makeRedactor(secretsOf(`--to=${url}`, {}));
        const text = `no database file ${url}`;
        fc.pre(!"no database file app:***@db/shop.db".includes(password));

        expect(told(text)).not.toContain(password);
        expect(word(text)).not.toContain(password);
        if (!/[\s"'<>]/.test(password)) expect(makeRedactor([])(text)).not.toContain(password);
      }),
    );
  });

  test("of the environment are masked in any words", () => {
    const secret = fc.string({ minLength: 6, maxLength: 30, unit: "binary" });
    fc.assert(
      fc.property(secret, (password) => {
        fc.pre(!"the server said *** is wrong".includes(password));
        const redact = makeRedactor(secretsOf("shop.db", { PGPASSWORD: password }));

        expect(redact(`the server said ${password} is wrong`)).not.toContain(password);
      }),
    );
  });

  test("are masked wherever they stand, however they are escaped", () => {
    const secret = fc.string({ minLength: 6, maxLength: 30, unit: "binary" });
    fc.assert(
      fc.property(secret, fc.lorem(), (password, prose) => {
        fc.pre(!prose.includes(password) && !"***postgres://app".includes(password));
        const url = `postgres://app:${password}@db/shop`;
        const redact = makeRedactor(secretsOf(url, {}));
        const texts = [
          url,
          `${prose} ${password} ${prose}`,
          JSON.stringify({ at: url }),
          encodeURI(password),
        ];

        for (const text of texts) expect(redact(text)).not.toContain(password);
      }),
    );
  });
});

describe("a SQL Server's connection string", () => {
  test.each([
    ["Server=db;User Id=app;Password=hunter2;Encrypt=true", "hunter2"],
    ["--to=Server=db;Password=hunter2", "hunter2"],
    ["Password=hunter2;Server=db", "hunter2"],
    ['Server=db;Pwd="a;b""c d"', 'a;b"c d'],
    ["Server=db;Pwd='a;b''c d'", "a;b'c d"],
    ["Server=db;Pwd={a;b}}c d};User=app", "a;b}c d"],
    ["Server=db;Password=a&b@c%41 d;User=app", "a&b@c%41 d"],
    ["Server=db;Pwd='SECRET: SECRET@SECRET';Uid=app", "SECRET: SECRET@SECRET"],
    ["Server=db;Password=left;right;User=app", "left;right"],
    ["jdbc:sqlserver://db;user=app;password={p;w@x};encrypt=true", "p;w@x"],
    ["sqlserver://db;user=app;password=p@ssword1", "p@ssword1"],
    ["sqlserver://db/shop?user=app&pwd=p%40ssword1&encrypt=true", "p@ssword1"],
    ["mssql://app:p%3Bssword1@db/shop", "p;ssword1"],
  ])("%s keeps its password", (url, password) => {
    const redact = makeRedactor(secretsOf(url, {}));

    expect(redact(`the server said "${password}" is wrong`)).toBe('the server said "***" is wrong');
    expect(redact(`cannot use ${url}: ${password}`)).not.toContain(password.slice(-6));
    expect(redact(JSON.stringify({ url, password }))).not.toContain(
      JSON.stringify(password).slice(1, -1),
    );
  });

  test.each([
    ["percent-encoded", (p: string) => `mssql://app:${encodeURIComponent(p)}@db/shop`],
    ["in JDBC's braces", (p: string) => `sqlserver://db;password={${p.replaceAll("}", "}}")}}`],
    ["in double quotes", (p: string) => `Server=db;Pwd="${p.replaceAll('"', '""')}";Uid=app`],
    ["in single quotes", (p: string) => `Server=db;Pwd='${p.replaceAll("'", "''")}';Uid=app`],
  ])("never shows a password %s", (_, write) => {
    const password = fc
      .array(fc.constantFrom(..."@:/?#;={}%&\"' a1".split(""), "SECRET"))
      .map((parts) => `SECRET${parts.join("")}SECRET`);
    fc.assert(
      fc.property(password, (secret) => {
        const url = write(secret);
        const redact = makeRedactor(secretsOf(url, {}));
        expect(redact(`cannot use ${url}: ${secret}`)).not.toContain("SECRET");
      }),
    );
  });

  test("shows the user's name when it is the password, too", () => {
    const redact = makeRedactor(secretsOf("Server=db;User Id=app;Password=app", {}));

    expect(redact("user app at Server=db;User Id=app;Password=app")).toBe(
      "user app at Server=db;User Id=app;Password=***",
    );
  });

  test("may have its password in the environment", () => {
    const environment = { MSSQL_PASSWORD: "hunter2", SQLCMDPASSWORD: "hunter3" };
    const redact = makeRedactor(secretsOf("sqlserver://app@db", environment));

    expect(redact("hunter2 and hunter3")).toBe("*** and ***");
  });

  test("may have what Entra ID asks for there", () => {
    const url = "sqlserver://db?authentication=ActiveDirectoryDefault";
    const environment = { AZURE_CLIENT_SECRET: "hunter2", AZURE_PASSWORD: "hunter3" };
    expect(makeRedactor(secretsOf(url, environment))("hunter2, hunter3")).toBe("***, ***");
  });
});

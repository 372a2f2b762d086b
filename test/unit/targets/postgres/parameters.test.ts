/** The table of connection parameters: each row does what it says, in a URL, a service file and the environment alike. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConnecting } from "../../../../src/targets/postgres/connect/client-config.ts";
import { LIBPQ_PARAMETERS } from "../../../../src/targets/postgres/connect/libpq-parameters.ts";
import { OTHER_PARAMETERS } from "../../../../src/targets/postgres/connect/other-parameters.ts";
import { nearestWord, PARAMETERS } from "../../../../src/targets/postgres/connect/parameters.ts";
import {
  describeUrl,
  readSettings,
  secretsElsewhere,
} from "../../../../src/targets/postgres/connect/connection-url.ts";
import { tempDir } from "../../../helpers/temp-dir.ts";

const ALL = [...LIBPQ_PARAMETERS, ...OTHER_PARAMETERS];

function thrown(work: () => unknown): Record<string, unknown> {
  try {
    work();
  } catch (error) {
    return Object(error);
  }
  throw new Error("nothing was thrown");
}

describe("the table", () => {
  test("has each word once, and each stands for one that is there", () => {
    expect(ALL.map(({ name }) => name)).toEqual([...PARAMETERS.keys()]);
    for (const { as } of ALL) expect(as === undefined || PARAMETERS.has(as)).toBe(true);
  });

  test.each(ALL.map((each) => [each.name, each] as const))("%s says what it does", (_, row) => {
    expect(row.note).toMatch(/^\S.*[^.]$/);
    if (row.does === "refused") expect(row.note).not.toMatch(/TODO/);
  });

  test.each(
    LIBPQ_PARAMETERS.filter(({ variable }) => variable !== undefined && variable !== "PGSERVICE"),
  )(
    "$name is read from $variable as from the URL",
    ({ name, variable = "", values = ["1"], does, harmless = values }) => {
      const value = does === "refused" ? (harmless[0] ?? "1") : (values[0] ?? "1");
      const fromUrl = readSettings(`postgres://h/d?${name}=${value}`, {});

      expect(fromUrl[name]).toBe(value);
      const elsewhere = ["host", "dbname"].includes(name) ? "postgres://" : "postgres://h/d";
      expect(readSettings(elsewhere, { [variable]: value })[name]).toBe(value);
      expect(readSettings(elsewhere, { [variable]: "" })).toEqual(readSettings(elsewhere, {}));
    },
  );

  test.each(
    ALL.filter(({ does, only }) => does === "refused" && only === undefined).map(
      (each) => [each.name, each] as const,
    ),
  )(
    "%s is refused by name, unless its value asks for nothing",
    (name, { harmless = [], values }) => {
      const asking = values?.find((each) => !harmless.includes(each)) ?? "something";
      const error = thrown(() => readSettings(`postgres://h/d?${name}=${asking}`, {}));

      expect(error).toMatchObject({ code: "TARGET_PARAMETER", details: { name } });
      for (const value of harmless) {
        expect(readSettings(`postgres://h/d?${name}=${value}`, {})[name]).toBe(value);
      }
    },
  );

  test.each(ALL.filter(({ does }) => does === "passed over").map(({ name }) => name))(
    "%s changes nothing",
    (name) => {
      const [value = "1"] = PARAMETERS.get(name)?.values ?? [];
      const { hosts, ...rest } = readConnecting(`postgres://u@h/d?${name}=${value}`, {});
      const { hosts: bare, ...others } = readConnecting("postgres://u@h/d", {});

      expect(rest).toEqual(others);
      expect(JSON.stringify(hosts)).toBe(JSON.stringify(bare));
    },
  );
});

describe("a word that is in no table", () => {
  test.each([
    ["sslmod", "sslmode"],
    ["SSLMODE", "sslmode"],
    ["ssl-mode", "sslmode"],
    ["ssl_mode", "sslmode"],
    ["sslrootcrt", "sslrootcert"],
    ["chanel_binding", "channel_binding"],
    ["target_session_attr", "target_session_attrs"],
    ["aplication_name", "application_name"],
  ])("%s may be meant as %s", (typed, meant) => {
    const error = thrown(() => readSettings(`postgres://h/d?${typed}=require`, {}));

    expect(error["code"]).toBe("TARGET_PARAMETER");
    expect(error["fix"]).toContain(`write ${meant}, if`);
  });

  test("is an error in a service file and a keyword string too, and its value is not shown", () => {
    const services = "[s]\nhost=h\npasword=hunter2\n";
    const PGSERVICEFILE = join(tempDir({ services }), "services");
    for (const work of [
      () => readSettings("postgres:///?service=s", { PGSERVICEFILE }),
      () => readSettings("host=h pasword=hunter2", {}),
      () => readSettings("postgres://h/d?pasword=hunter2", {}),
    ]) {
      const error = thrown(work);
      expect(error).toMatchObject({ code: "TARGET_PARAMETER", details: { name: "pasword" } });
      expect(JSON.stringify(error)).not.toContain("hunter2");
    }
  });

  test("has no suggestion where nothing is near", () => {
    expect(nearestWord("frobnicate", [...PARAMETERS.keys()])).toBeNull();
  });
});

describe("words of others", () => {
  test.each([
    ["schema=App", "search_path", '"App"'],
    ["currentSchema=app,public", "search_path", "app,public"],
    ["ssl=true", "sslmode", "require"],
    ["ssl=verify-full", "sslmode", "verify-full"],
    ["requiressl=1", "sslmode", "require"],
    ["targetServerType=preferSecondary", "target_session_attrs", "prefer-standby"],
    ["loadBalanceHosts=true", "load_balance_hosts", "random"],
    ["tcpKeepAlive=false", "keepalives", "0"],
    ["sslmode=REQUIRE", "sslmode", "require"],
    ["ssl_min_protocol_version=tlsv1.3", "ssl_min_protocol_version", "TLSv1.3"],
  ])("%s is %s = %s", (query, keyword, value) => {
    expect(readSettings(`postgres://h/d?${query}`, {})[keyword]).toBe(value);
  });

  test("two that disagree are an error, two that agree are not", () => {
    expect(() => readSettings("postgres://h/d?ssl=true&sslmode=disable", {})).toThrow("cannot use");
    expect(readSettings("postgres://h/d?ssl=true&sslmode=require", {})["sslmode"]).toBe("require");
  });

  test.each([
    "postgresql+psycopg2://ann:p@h:1/d",
    "jdbc:postgresql://h:1/d?user=ann&password=p",
    "pgsql://ann:p@h:1/d",
    "postgis://ann:p@h:1/d",
    "host=h port=1 user=ann password='p' dbname = d",
    "user=ann host=h port=1 password=p dbname=d",
  ])("%s means what its owner means", (url) => {
    const settings = { host: "h", port: "1", user: "ann", password: "p", dbname: "d" };
    expect(readSettings(url, {})).toMatchObject(settings);
    expect(describeUrl(url)).toBe("postgres://ann@h:1/d");
  });

  test("a value may hold an @, a plus, blanks and quotes", () => {
    expect(readSettings("postgres://h/d?application_name=a@b+c", {})).toMatchObject({
      host: "h",
      application_name: "a@b+c",
    });
    expect(readSettings("host=h password='a \\'b\\\\'", {})["password"]).toBe("a 'b\\");
    expect(() => readSettings("host=h password='a", {})).toThrow("cannot use");
  });
});

/** Label, host and port of each. */
function of(url: string, env = {}): unknown[] {
  return readConnecting(url, env).hosts.map(({ label, ways }) => [
    label,
    ways[0]?.host,
    ways[0]?.port,
  ]);
}

describe("several hosts", () => {
  test("have one port for all, or one each", () => {
    expect(of("postgres://a:1,b:2/d")).toEqual([
      ["a:1", "a", 1],
      ["b:2", "b", 2],
    ]);
    expect(of("postgres://a,b/d", { PGPORT: "7" })).toEqual([
      ["a:7", "a", 7],
      ["b:7", "b", 7],
    ]);
    expect(of("postgres://a,[::1]:2/d")).toEqual([
      ["a:5432", "a", 5432],
      ["::1:2", "::1", 2],
    ]);
    expect(of("host=a,b port=1,2 hostaddr=10.0.0.1,")).toEqual([
      ["a:1", "10.0.0.1", 1],
      ["b:2", "b", 2],
    ]);
    expect(describeUrl("postgres://u:p@a:1,b:2/d")).toBe("postgres://u@a:1,b:2/d");
  });

  test.each(["host=a,b port=1,2,3", "host=a,b hostaddr=10.0.0.1"])("%s is an error", (text) => {
    expect(() => of(text)).toThrow("cannot use");
  });

  test("are all tried, in any order, with load_balance_hosts=random", () => {
    const hosts = of("postgres://a,b,c,d/d?load_balance_hosts=random").map((each) => String(each));
    expect(hosts.toSorted()).toEqual(of("postgres://a,b,c,d/d").map((each) => String(each)));
  });

  test("are verified by their names, not by the addresses given besides", () => {
    const [host] = readConnecting("postgres://db.example.com/d?hostaddr=10.0.0.1", {}).hosts;
    expect(host?.ways).toMatchObject([
      { host: "10.0.0.1", ssl: { servername: "db.example.com", rejectUnauthorized: true } },
    ]);
  });
});

describe("passwords from files", () => {
  const lines = [
    "# h:5432:d:u:comment",
    "h:5432:d:u:first",
    "h:*:*:u:any\\:port\\\\",
    "localhost:*:*:u:socket",
    "*:*:*:*:last",
  ].join("\n");

  function fileOf(mode: number): string {
    const folder = tempDir();
    const path = join(folder, "pass");
    writeFileSync(path, lines, { mode });
    return path;
  }

  test.each([
    ["postgres://u@h/d", "first"],
    ["postgres://u@h:1/d", "any:port\\"],
    ["postgres://u@%2Ftmp/d", "socket"],
    ["postgres://v@other/d", "last"],
    ["postgres://u:given@h/d", "given"],
  ])("%s: %s", (url, password) => {
    const PGPASSFILE = fileOf(0o600);
    const [host] = readConnecting(url, { PGPASSFILE }).hosts;
    expect(host?.ways[0]?.password).toBe(password);
    expect(secretsElsewhere(url, { PGPASSFILE })).toContain(password);
  });

  test.skipIf(process.platform === "win32")(
    "one that others may read is not used, and the login says so",
    () => {
      const PGPASSFILE = fileOf(0o644);
      const [host] = readConnecting("postgres://u@h/d", { PGPASSFILE }).hosts;
      const password = host?.ways[0]?.password;
      expect(password).toBeTypeOf("function");
      const error = thrown(password as () => string);
      expect(error).toMatchObject({ code: "TARGET_LOGIN" });
      expect(String(error["why"])).toContain(`chmod 600 ${PGPASSFILE}`);
    },
  );

  test("stand in the home folder by default", () => {
    const HOME = tempDir();
    writeFileSync(join(HOME, ".pgpass"), "*:*:*:*:home", { mode: 0o600 });
    writeFileSync(join(HOME, ".pg_service.conf"), "[s]\npassword=service\n");
    expect(secretsElsewhere("postgres://u@h/d", { HOME })).toContain("home");
    expect(secretsElsewhere("postgres:///?service=s", { HOME })).toContain("service");
  });
});

describe("service files", () => {
  test("the user's comes before the system's", () => {
    const HOME = tempDir({ ".pg_service.conf": "[a]\nhost=mine\n" });
    const PGSYSCONFDIR = tempDir({
      "pg_service.conf": "[a]\nhost=system\n[b]\nhost=b # no remark\n",
    });
    expect(readSettings("service=a", { HOME, PGSYSCONFDIR })["host"]).toBe("mine");
    expect(readSettings("service=b", { HOME, PGSYSCONFDIR })["host"]).toBe("b # no remark");
    expect(() => readSettings("service=c", { HOME, PGSYSCONFDIR })).toThrow("cannot use");
  });

  test.each(["[s]\nldap://x\n", "[s]\nservice=t\n"])("%j is an error", (services) => {
    const PGSERVICEFILE = join(tempDir({ services }), "services");
    expect(() => readSettings("service=s", { PGSERVICEFILE })).toThrow("cannot use");
  });
});

/** A home folder with a root certificate in its usual place. */
function homeWithRoot(): string {
  const folder = tempDir();
  mkdirSync(join(folder, ".postgresql"));
  writeFileSync(join(folder, ".postgresql", "root.crt"), "a CA");
  return folder;
}

describe("the usual root certificate", () => {
  test.each(["require", "prefer", "allow", "verify-ca"])("is verified under %s", (mode) => {
    const { hosts } = readConnecting(`postgres://h/d?sslmode=${mode}`, { HOME: homeWithRoot() });
    const tls = hosts[0]?.ways.map(({ ssl }) => ssl).find((ssl) => ssl !== false);
    expect(tls).toMatchObject({ ca: "a CA", rejectUnauthorized: true });
  });

  test("makes way for sslrootcert=system, which takes nothing weaker than verify-full", () => {
    const env = { HOME: homeWithRoot() };
    const { hosts } = readConnecting("postgres://localhost/d?sslrootcert=system", env);
    expect(hosts[0]?.ways).toMatchObject([{ ssl: { rejectUnauthorized: true } }]);
    expect(hosts[0]?.ways[0]?.ssl).not.toHaveProperty("ca");
    const weak = thrown(() =>
      readConnecting("postgres://h/d?sslrootcert=system&sslmode=require", env),
    );
    expect(weak).toMatchObject({ code: "TARGET_PARAMETER", details: { name: "sslmode" } });
  });
});

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { clientConfig } from "../../../../src/targets/postgres/connect/client-config.ts";
import {
  describeUrl,
  readSettings,
} from "../../../../src/targets/postgres/connect/connection-url.ts";
import { tempDir } from "../../../helpers/temp-dir.ts";

describe("a URL", () => {
  test.each([
    [
      "postgres://ann:secret@db.example.com:6432/shop",
      { user: "ann", password: "secret", host: "db.example.com", port: "6432", dbname: "shop" },
    ],
    [
      "postgresql://ann:p@ss/w?rd#$@host/shop",
      { user: "ann", password: "p@ss/w?rd#$", host: "host", dbname: "shop" },
    ],
    ["postgres://ann:p%40ss@host/shop", { password: "p@ss" }],
    ["postgres://ann:50%off@host/shop", { password: "50%off" }],
    [
      "postgres://host/shop?sslmode=require&application_name=nightly",
      { sslmode: "require", application_name: "nightly" },
    ],
    ["postgres://[::1]:5433/shop", { host: "::1", port: "5433" }],
  ])("%s", (url, expected) => {
    expect(readSettings(url, {})).toMatchObject(expected);
  });

  test("is shown without its password", () => {
    expect(describeUrl("postgres://ann:p@ss@host:1/shop?sslmode=require")).toBe(
      "postgres://ann@host:1/shop",
    );
  });
});

describe("the environment", () => {
  test("fills what the URL leaves open, as libpq does", () => {
    const settings = readSettings("postgres:///shop", {
      PGHOST: "h",
      PGUSER: "u",
      PGPASSWORD: "p",
      PGPORT: "7",
    });
    expect(settings).toMatchObject({
      host: "h",
      user: "u",
      password: "p",
      port: "7",
      dbname: "shop",
    });
  });

  test("names a service", () => {
    const services = "[other]\nhost=x\n[nightly]\nhost = db\nuser=loader\n\n[last]\nport=1\n";
    const file = join(tempDir({ services }), "services");
    const settings = readSettings("postgres://", { PGSERVICE: "nightly", PGSERVICEFILE: file });
    expect(settings).toMatchObject({ host: "db", user: "loader", dbname: "loader", port: "5432" });
  });
});

describe("a silent network", () => {
  test("is noticed while connecting, and while nothing is asked", () => {
    const [config] = clientConfig("postgres://db/shop", {});
    expect(config).toMatchObject({
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
  });

  test.each([
    ["3", 3000],
    ["0.5", 500],
    ["0", 0],
  ])("may be given %s seconds to connect in", (seconds, ms) => {
    const [config] = clientConfig(`postgres://db/shop?connect_timeout=${seconds}`, {});
    expect(config).toMatchObject({ connectionTimeoutMillis: ms });
  });

  test.each(["soon", "-1", "1e9", "NaN"])("may not be given %s", (value) => {
    expect(() => clientConfig("postgres://db/shop", { PGCONNECT_TIMEOUT: value })).toThrow(
      expect.objectContaining({
        code: "OPTION_VALUE",
        details: expect.objectContaining({ value }),
      }),
    );
  });
});

/** The TLS settings that are tried, in turn. */
function modes(url: string): unknown[] {
  return clientConfig(url, {}).map(({ ssl }) => ssl);
}

describe("TLS", () => {
  test("is verified in full unless the server is this machine", () => {
    expect(modes("postgres://db.example.com/shop")).toMatchObject([
      { rejectUnauthorized: true, servername: "db.example.com" },
    ]);
    expect(modes("postgres://10.0.0.7/shop")).toMatchObject([
      { rejectUnauthorized: true, host: "10.0.0.7" },
    ]);
    expect(modes("postgres://localhost/shop")).toEqual([false]);
    expect(modes("postgres://127.0.0.1/shop")).toEqual([false]);
  });

  test.each([
    ["disable", [false]],
    ["require", [{ rejectUnauthorized: false }]],
    ["verify-ca", [{ rejectUnauthorized: true, checkServerIdentity: expect.any(Function) }]],
    ["verify-full", [{ rejectUnauthorized: true }]],
    ["prefer", [{ rejectUnauthorized: false }, false]],
    ["allow", [false, { rejectUnauthorized: false }]],
  ])("sslmode=%s", (mode, expected) => {
    expect(modes(`postgres://db.example.com/shop?sslmode=${mode}`)).toMatchObject(expected);
  });

  test("knows no other modes", () => {
    expect(() => modes("postgres://h/shop?sslmode=strict")).toThrow("sslmode cannot be strict");
  });
});

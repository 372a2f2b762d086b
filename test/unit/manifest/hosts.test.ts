/** Hosts that a manifest refuses, in every spelling in which a connection may name them. */
import { describe, expect, test } from "vitest";
import { refuseHosts } from "../../../src/run/refuse-hosts.ts";
import { findTarget } from "../../../src/targets/registry.ts";

async function isRefused(to: string, pattern: string, environment = {}): Promise<boolean> {
  const target = await findTarget(to);
  try {
    refuseHosts([{ text: pattern, place: "m.yaml:1:1" }], {
      owner: "manifest",
      target,
      options: { to },
      environment,
    });
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: "RUN_HOST_REFUSED", where: "m.yaml:1:1" });
    return true;
  }
}

describe("refused", () => {
  test.each([
    ["postgres://u@db.prod/d", "db.prod"],
    ["postgres://u@DB.prod./d", "db.PROD"],
    ["postgres://u@db.prod/d", "*"],
    ["postgres://u@a.b.prod/d", "*.prod"],
    ["postgres://u@db-1.prod/d", "db-?.prod".replace("?", "*")],
    ["postgres://u@a,b,c/d", "c"],
    ["postgresql://u@%64b.prod/d", "db.prod"],
    ["postgres:///d?host=db.prod", "db.prod"],
    ["jdbc:postgresql://db.prod/d", "db.prod"],
    ["postgres:///d?host=/var/run/prod", "/var/run/*"],
    ["postgres://u@127.1/d", "127.0.0.1"],
    ["postgres://u@127.0.0.1/d", "127.1"],
    ["postgres://u@[::0001]/d", "::1"],
    ["postgres://u@[::1]/d", "[0:0:0:0:0:0:0:1]"],
    ["postgres://u@bücher.example/d", "xn--bcher-kva.example"],
    ["postgres://u@xn--bcher-kva.example/d", "*.example"],
    ["postgres://u@xn--bcher-kva.example/d", "BÜCHER.example"],
    ["sqlserver://sa@db.prod:1433/d", "db.prod"],
    ["Server=db.prod\\INSTANCE;User Id=sa", "db.prod"],
    ["sqlite:data/prod.db", "prod.db"],
    ["sqlite:data/prod.db", "data/prod.db"],
    ["file:data/prod.db?mode=rw", "*/prod.db"],
  ])("%s by %s", async (to, pattern) => {
    expect(await isRefused(to, pattern)).toBe(true);
  });

  test("what the environment says", async () => {
    expect(await isRefused("postgres:///d", "db.prod", { PGHOST: "db.prod" })).toBe(true);
    expect(await isRefused("postgres:///d", "10.*", { PGHOSTADDR: "10.0.0.1" })).toBe(true);
    // The URL comes first.
    expect(await isRefused("postgres://dev/d", "db.prod", { PGHOST: "db.prod" })).toBe(false);
  });
});

describe("not refused", () => {
  test.each([
    ["postgres://prod@dev/prod", "prod"],
    ["postgres://u@prod.example.com/d", "*.prod.example.com"],
    ["postgres://u@xprod/d", "prod"],
    ["postgres://u@db-prod/d", "db.prod"],
    ["postgres://u@dev/d?application_name=prod", "*prod*"],
    ["sqlite:shop.db", "*.example.com"],
  ])("%s by %s", async (to, pattern) => {
    expect(await isRefused(to, pattern)).toBe(false);
  });
});

/**
 * What the tests of network faults share: a load through a proxy into a table that shows what was lost and what was
 * applied twice, as a plain upsert would not: each record adds to a number, and a trigger writes down each change.
 */
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import type { TestDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";
import { startProxy } from "../support/proxy/proxy.ts";
import type { Fault, Proxy } from "../support/proxy/proxy.ts";

/** The table `t`: rows 1 to 3 are there, with 10 for `n`. */
const SETUP = `
create table t (id int primary key, n int not null);
create table audit (id int not null, what text not null);
create function note() returns trigger language plpgsql as
  $$ begin insert into audit values (new.id, tg_op); return new; end $$;
insert into t select id, 10 from generate_series(1, 3) as id;
create trigger note after insert or update on t for each row execute function note();`;

/** Six records: three meet a row, three are new; the first comes in a batch with the others or by itself. */
export const INPUT = "id,n\n1,1\n2,1\n3,1\n4,1\n5,1\n6,1\n";

const ADDS = ["--key", "id", "--set", "n = target.n + excluded.n"];

/** What came of a load. */
export interface NetworkResult {
  readonly exit: number;
  /** The error's code; `null` when there was none. */
  readonly code: string | null;
  readonly cause: string | null;
  readonly output: string;
}

/** A load to run. */
export interface NetworkLoad {
  readonly flags?: readonly string[];
  /** What the URL says after its question mark. */
  readonly settings?: string;
}

/** A PostgreSQL behind a proxy. */
export class BehindProxy {
  readonly database: TestDatabase;
  #proxy: Proxy | null = null;
  #isAudited = true;

  constructor(database: TestDatabase) {
    this.database = database;
  }

  get proxy(): Proxy {
    if (this.#proxy === null) throw new Error("the proxy runs only while tests do");
    return this.#proxy;
  }

  async open(): Promise<void> {
    const { hostname, port } = new URL(this.database.url);
    this.#proxy = await startProxy(hostname, Number(port));
    await this.database.reset();
    await this.database.exec(SETUP);
    this.#isAudited = true;
  }

  /** Takes the audit away: rows are then written in sets, and the numbers alone tell. */
  async forgetAudit(): Promise<void> {
    await this.database.exec("drop trigger note on t");
    // Until then the catalog says that there may be one, and a load asks for it: some loads would have more requests than others.
    await this.database.exec("vacuum t");
    this.#isAudited = false;
  }

  async close(): Promise<void> {
    await this.#proxy?.close();
  }

  /** The rows as they were before any load; for tests of many loads. */
  async startOver(): Promise<void> {
    await this.database.exec(
      "truncate t, audit; insert into t select id, 10 from generate_series(1, 3) as id; truncate audit",
    );
  }

  /** For a fault that lasts until the client has come back and asked for `what` again; call it before the load. */
  askedAgain(what: RegExp, times = 1): () => Promise<unknown> {
    const asked = (): number => this.proxy.messages.filter(({ text }) => what.test(text)).length;
    return async () => {
      const before = asked();
      await until(`${what} asked again`, asked, (now) => now >= before + times);
    };
  }

  /** Loads the six records through the proxy. */
  async load({ flags = [], settings = "" }: NetworkLoad = {}): Promise<NetworkResult> {
    const file = join(tempDir({ "in.csv": INPUT }), "in.csv");
    const to = `${this.proxy.url(this.database.url)}?${settings}`;
    const args = [file, "--to", to, "--table", "t", ...ADDS, "--json", "--progress", "none"];
    const { exitCode, stdout, stderr } = await runUpsurge([...args, ...flags]);
    const { error } = JSON.parse(stdout) as { error?: { code: string; cause: string } };
    return {
      exit: exitCode,
      code: error?.code ?? null,
      cause: error?.cause ?? null,
      output: stdout + stderr,
    };
  }

  /** Runs the load again until it says 0; it may only ask to be run again in between. */
  async loadUntilDone(load: NetworkLoad = {}): Promise<NetworkResult[]> {
    const results: NetworkResult[] = [];
    do {
      results.push(await this.load(load));
      const last = results.at(-1);
      expect([0, 75], last?.output).toContain(last?.exit);
      // How soon a server lets go of the lock of a run that is gone is its own affair.
      expect(results.filter(({ code }) => code !== "JOB_RUNNING").length).toBeLessThan(4);
    } while (results.at(-1)?.exit !== 0);
    return results;
  }

  /**
   * Loads once for each request of a load, with the fault that `make` makes for it; each ends with everything applied once.
   * `flagsOf` tells the flags of a load: one that is a job needs a name of its own.
   */
  async loadOverAndOver(
    make: (nth: number) => Fault,
    flagsOf: (nth: number) => readonly string[] = () => [],
  ): Promise<void> {
    // The first job makes its table, which later ones need not.
    await this.load({ flags: flagsOf(-1) });
    await this.startOver();
    this.proxy.arm(null);
    await this.load({ flags: flagsOf(0) });
    const { requests } = this.proxy;
    expect(requests).toBeGreaterThan(20);
    for (let nth = 1; nth <= requests; nth += 1) {
      await this.startOver();
      this.proxy.arm(make(nth));
      await this.loadUntilDone({ flags: flagsOf(nth) });
      expect(this.proxy.hits).toBe(1);
      await this.expectApplied(1);
    }
  }

  /** Every record was applied so often, and nothing else was: 0 or 1. */
  async expectApplied(times: 0 | 1): Promise<void> {
    const rows = await this.database.rows("select id, n from t order by id");
    const audit = await this.database.rows("select id, what from audit order by id");
    const old = ["1", "2", "3"];
    const fresh = times === 0 ? [] : ["4", "5", "6"];
    expect({ rows, audit }).toEqual({
      rows: [...old.map((id) => [id, String(10 + times)]), ...fresh.map((id) => [id, "1"])],
      audit:
        times === 0 || !this.#isAudited
          ? []
          : [...old.map((id) => [id, "UPDATE"]), ...fresh.map((id) => [id, "INSERT"])],
    });
  }
}

/** A proxy before `database` for each test of the surrounding suite, and the table as it is before a load. */
export function useProxy(database: TestDatabase): BehindProxy {
  const behind = new BehindProxy(database);
  beforeEach(() => behind.open());
  afterEach(() => behind.close());
  return behind;
}

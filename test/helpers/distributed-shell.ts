/** A shell for the tests of distributed servers: a played server before a database, and loads of `a.csv` into its table `t`. */
import { afterAll, beforeAll, beforeEach } from "vitest";
import { play } from "../support/makers/played-server.ts";
import type { Played } from "../support/makers/played-server.ts";
import type { PlayedServer } from "../support/makers/rules.ts";
import { ENGINES, useDatabase } from "./engines.ts";
import type { Engine } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";
import { tempDir } from "./temp-dir.ts";

const POSTGRES = postgresEngine();

function postgresEngine(): Engine {
  const engine = ENGINES.find(({ name }) => name === "postgres");
  if (engine === undefined) throw new Error("there is no PostgreSQL");
  return engine;
}

/** A played server, and loads of `a.csv` into its table `t`. */
export function useServer(rules: PlayedServer, flags: readonly string[]) {
  const database = useDatabase(POSTGRES);
  let server: Played;

  beforeAll(async () => void (server = await play(database.url, rules)));
  afterAll(async () => await server.close());
  beforeEach(async () => {
    await database.reset();
    await database.exec(
      "create table t (id int primary key, name varchar(5), price numeric(8,2), seen timestamp(0) default '2000-01-01')",
    );
    server.statements.length = 0;
  });

  /** Loads `a.csv` into `t`. */
  async function load(csv: string, more: readonly string[] = ["--key", "id"]) {
    const cwd = tempDir({ "a.csv": csv });
    const words = ["load", "a.csv", "--table", "t", ...flags, ...more];
    const to = ["--to", server.url(database.url)];
    const { exitCode, stdout, stderr } = await runUpsurge([...words, ...to, "--json", "-q"], {
      cwd,
    });
    const report = JSON.parse(stdout);
    const counts = Object.entries<number>(report.counts).filter(([, count]) => count > 0);
    return { exitCode, stderr, counts: Object.fromEntries(counts), report };
  }
  const rows = async (): Promise<string[]> =>
    (await database.rows("select id, name, price from t order by id")).map((row) => row.join("|"));
  return { database, load, rows, played: (): Played => server };
}

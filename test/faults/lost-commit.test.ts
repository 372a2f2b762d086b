/** The answer to a commit is lost, before or after the server has it: the load finds out what became of it. */
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

/** What the wire does to the first COMMIT that passes: drops it, or delivers it and drops the answer. */
type Fault = "before" | "after";

/** A wire to `to` that fails once, at the first COMMIT; later connections are sound unless `dead`. */
function faultyWire(to: URL, fault: Fault, dead: boolean): Server {
  let failed = false;
  return createServer((client) => {
    if (failed && dead) client.destroy();
    const server = connect(Number(to.port), to.hostname);
    const cut = (): void => void [client, server].map((socket: Socket) => socket.destroy());
    for (const socket of [client, server]) socket.on("error", cut).on("close", cut);
    server.on("data", (data) => client.write(data));
    client.on("data", (data) => {
      const isCommit = !failed && data.includes("commit\0");
      failed ||= isCommit;
      if (isCommit) server.removeAllListeners("data");
      if (isCommit && fault === "before") cut();
      else if (isCommit) server.write(data, () => server.once("data", cut));
      else server.write(data);
    });
  });
}

describe("postgres", () => {
  const database = useDatabase(postgres);
  let wire: Server | null = null;
  beforeEach(async () => {
    await database.reset();
    await database.exec("create table t (id int primary key, n int not null default 0)");
  });
  afterEach(() => void wire?.close());

  /** Loads three records over a wire with a fault. */
  async function loadOver(
    fault: Fault,
    dead = false,
  ): Promise<{ exitCode: number; code: string | null }> {
    const server = faultyWire(new URL(database.url), fault, dead);
    wire = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = new URL(database.url);
    url.port = String((server.address() as AddressInfo).port);
    const file = join(tempDir({ "in.csv": "id\n1\n2\n3\n" }), "in.csv");
    const run = await runUpsurge([
      file,
      "--to",
      url.href,
      "--table",
      "t",
      "--key",
      "id",
      "--json",
      "--progress",
      "none",
      "--lock-timeout",
      "1s",
    ]);
    const { error } = JSON.parse(run.stdout) as { error?: { code: string } };
    return { exitCode: run.exitCode, code: error?.code ?? null };
  }

  test("a commit whose answer is lost is found to be done", async () => {
    expect(await loadOver("after")).toEqual({ exitCode: 0, code: null });
    expect(await database.rows("select count(*) from t")).toEqual([["3"]]);
  });

  test("a commit that never arrived is found to be undone", async () => {
    expect(await loadOver("before")).toEqual({ exitCode: 75, code: "TARGET_LOST" });
    expect(await database.rows("select count(*) from t")).toEqual([["0"]]);
  });

  test("when the server cannot be asked, the outcome is said to be unknown", async () => {
    expect(await loadOver("after", true)).toEqual({ exitCode: 75, code: "TARGET_OUTCOME_UNKNOWN" });
    expect(await database.rows("select count(*) from t")).toEqual([["3"]]);
  });
});

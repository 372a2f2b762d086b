/** Databases on a real server are copies of one model, which makes them one after the other: a test file waits for its turn. */
import { expect, test } from "vitest";
import { createDatabase } from "../../helpers/sqlserver-database.ts";
import type { TdsBackend, TdsEvent, TdsSession } from "./backend.ts";
import { startTdsServer } from "./server.ts";

const nothing = async (): Promise<void> => {};

/** A server whose model is in use for so many tries; then it says `last`, or that the database is there. */
function busyModel(tries: number, last: number | null): { backend: TdsBackend; asked: string[] } {
  const asked: string[] = [];
  const session: TdsSession = {
    inTransaction: false,
    async *execute(sql): AsyncGenerator<TdsEvent> {
      if (!sql.startsWith("CREATE DATABASE")) return;
      asked.push(sql);
      const number = asked.length <= tries ? 1807 : last;
      if (number === null) return;
      yield { kind: "error", number, severity: 16, message: "no" };
      // What follows any failure to make one.
      yield { kind: "error", number: 1802, severity: 16, message: "CREATE DATABASE failed." };
    },
    bulk: async () => 0,
    begin: nothing,
    commit: nothing,
    rollback: nothing,
    save: nothing,
    close: nothing,
  };
  return { backend: { login: async () => session }, asked };
}

test.each([null, 262])("a database waits for the model; what it is told then: %s", async (last) => {
  const { backend, asked } = busyModel(2, last);
  const server = await startTdsServer({ backend });
  const url = `sqlserver://sa:x@127.0.0.1:${server.port}/master?encrypt=false`;
  try {
    const made = createDatabase(url, "CREATE DATABASE [d]");
    if (last === null) await made;
    else await expect(made).rejects.toThrow("CREATE DATABASE failed.");
    expect(asked).toHaveLength(3);
  } finally {
    await server.close();
  }
});

/** A TDS 7.4 server for tests: listens, and makes a connection of every client. What answers T-SQL is its backend. */
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import type { TdsBackend } from "./backend.ts";
import { TdsConnection } from "./connection.ts";
import type { TdsHost } from "./connection.ts";
import type { TdsFaults, TdsRequest } from "./faults.ts";
import type { Login } from "./requests.ts";

/** What a server is made of. */
export interface TdsServerOptions {
  readonly backend: TdsBackend;
  /** `off`: the server cannot encrypt; `on`: it insists. */
  readonly encryption?: "off" | "on";
  readonly faults?: TdsFaults;
}

/** A running server. */
export interface TdsServer {
  readonly port: number;
  /** How many clients are connected now. */
  readonly connections: number;
  /** Who has logged in, in order. */
  readonly logins: readonly Omit<Login, "password">[];
  /** Cuts all connections and waits for their sessions to close. */
  close(): Promise<void>;
}

/** Starts a server on a free port of this machine. */
export async function startTdsServer(options: TdsServerOptions): Promise<TdsServer> {
  const open = new Map<TdsConnection, Promise<void>>();
  const logins: Omit<Login, "password">[] = [];
  const host = makeHost(options, logins);
  const server = createServer({ noDelay: true }, (socket: Socket) => {
    const connection = new TdsConnection(host, socket);
    open.set(
      connection,
      connection.closed.finally(() => open.delete(connection)),
    );
  });
  const port = await listen(server);
  return {
    port,
    logins,
    get connections() {
      return open.size;
    },
    async close() {
      const stopped = new Promise((resolve) => server.close(resolve));
      for (const connection of open.keys()) connection.cut();
      await Promise.all([stopped, ...open.values()]);
    },
  };
}

function makeHost(options: TdsServerOptions, logins: Omit<Login, "password">[]): TdsHost {
  const counts = new Map<TdsRequest["kind"], number>();
  return {
    backend: options.backend,
    encryption: options.encryption ?? "off",
    faults: options.faults ?? (() => undefined),
    count(kind) {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      return count;
    },
    loggedIn: (login) => void logins.push(login),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

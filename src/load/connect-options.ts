/** What a target is told of a connection, from the options; the same for loads, plans, `inspect` and `jobs`. */
import type { Options } from "../options/options.ts";
import type { ConnectOptions } from "../targets/target.ts";

/** The connection that the options ask for. */
export function connectOptions(
  { to, lockTimeout, statementTimeout, acceptServer }: Options,
  environment: ConnectOptions["environment"],
): ConnectOptions {
  return {
    url: to ?? "",
    lockTimeoutMs: lockTimeout,
    statementTimeoutMs: statementTimeout,
    environment,
    acceptServer,
  };
}

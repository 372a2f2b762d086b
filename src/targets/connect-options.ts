/** What a target is told of a connection, from the options; the same for loads, plans, `inspect` and `jobs`. */
import type { Options } from "../options/options.ts";
import type { ConnectOptions } from "./target.ts";

/** The connection to `url` that the options ask for. */
export function connectOptions(
  url: string,
  { lockTimeout, statementTimeout, acceptServer }: Options,
  environment: ConnectOptions["environment"],
): ConnectOptions {
  return {
    url,
    lockTimeoutMs: lockTimeout,
    statementTimeoutMs: statementTimeout,
    environment,
    acceptServer,
  };
}

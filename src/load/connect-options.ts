/** What a target is told of a connection, from the options; the same for loads, plans, `inspect` and `jobs`. */
import type { Environment } from "../model/environment.ts";
import type { Options } from "../options/options.ts";
import type { ConnectOptions } from "../targets/target.ts";

/** The connection that the options ask for: what `ConnectOptions` names, under the names of the flags. */
export function connectOptions(
  { to, lockTimeout, statementTimeout, ...more }: Options,
  environment: Environment,
): ConnectOptions {
  return {
    ...more,
    url: to ?? "",
    lockTimeoutMs: lockTimeout,
    statementTimeoutMs: statementTimeout,
    environment,
  };
}

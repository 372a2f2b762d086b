/** The settings of our transactions, all of them local: nothing outlives the transaction. Pure. */
import type { Environment } from "../../../model/environment.ts";
import { quoteLiteral } from "../quote.ts";

/** What the settings depend on. */
export interface SettingsContext {
  readonly environment: Environment;
  /** The schemas of unqualified names; `null`: the server's own setting. */
  readonly searchPath: string | null;
  readonly lockTimeoutMs: number;
}

/** The settings as one text of statements, for the beginning of a transaction. */
export function transactionSettings({
  environment,
  lockTimeoutMs,
  searchPath,
}: SettingsContext): string {
  const settings = [
    `set local lock_timeout = ${Math.round(lockTimeoutMs)}`,
    "set local standard_conforming_strings = on",
    // The driver speaks UTF-8, whatever the URL's options or the role say.
    "set local client_encoding = 'UTF8'",
    "set local client_min_messages = warning",
    // A server that still waits for a client which is gone would keep its locks for hours.
    "set local tcp_keepalives_idle = 30; set local tcp_keepalives_interval = 10; set local tcp_keepalives_count = 3",
    "set local tcp_user_timeout = 60000",
    // What is reported as done must outlast a crash of the server.
    "select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off'",
  ];
  const { PGDATESTYLE, PGTZ, PGGEQO } = environment;
  if (PGDATESTYLE) settings.push(`set local datestyle = ${quoteLiteral(PGDATESTYLE)}`);
  if (PGTZ) settings.push(`set local timezone = ${quoteLiteral(PGTZ)}`);
  if (PGGEQO) settings.push(`set local geqo = ${quoteLiteral(PGGEQO)}`);
  if (searchPath !== null) {
    settings.push(`select set_config('search_path', ${quoteLiteral(searchPath)}, true)`);
  }
  return settings.join("; ");
}

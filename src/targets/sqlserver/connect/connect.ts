/** Opens sessions on a SQL Server. */
import type { ConnectOptions, Session } from "../../target.ts";
import { tlsWarning } from "./client-config.ts";
import { connectError } from "./connect-error.ts";
import { describeUrl } from "./connection-url.ts";
import { SqlServerConnection } from "./connection.ts";
import { serverErrorOf, translateError } from "../errors.ts";
import { SqlServerSession } from "../session.ts";

/** A session on the server that the URL names. Throws `TARGET_*` errors. */
export async function connect({
  url,
  environment,
  lockTimeoutMs,
  statementTimeoutMs,
}: ConnectOptions): Promise<Session> {
  const label = describeUrl(url);
  const reconnect = (): Promise<SqlServerConnection> =>
    SqlServerConnection.open(url, environment, statementTimeoutMs);
  const connection = await reconnect();
  try {
    const warning = tlsWarning(url);
    const warnings = warning === null ? [] : [warning];
    const context = { label, lockTimeoutMs, warnings, reconnect };
    return await connection.inTime(() => SqlServerSession.open(connection, context));
  } catch (error) {
    await connection.close();
    const translated = translateError(serverErrorOf(error) ?? error, label);
    throw connectError(translated, label, { tls: false });
  }
}

/** The SQL Server target, through the driver `mssql`. */
import type { ConnectOptions, Session, Target } from "../target.ts";
import { tlsWarning } from "./client-config.ts";
import { connectError } from "./connect-error.ts";
import { acceptsUrl, describeUrl } from "./connection-url.ts";
import { Connection } from "./connection.ts";
import { serverErrorOf, translateError } from "./errors.ts";
import { SqlServerSession } from "./session.ts";

/** The target that the registry offers for `sqlserver://` URLs and connection strings. */
export const sqlserver: Target = {
  name: "sqlserver",
  accepts: acceptsUrl,
  describe: describeUrl,
  connect,
};

async function connect({ url, environment, lockTimeoutMs }: ConnectOptions): Promise<Session> {
  const label = describeUrl(url);
  const connection = await Connection.open(url, environment);
  try {
    const warning = tlsWarning(url);
    const warnings = warning === null ? [] : [warning];
    const context = { label, lockTimeoutMs, warnings };
    return await connection.inTime(() => SqlServerSession.open(connection, context));
  } catch (error) {
    await connection.close();
    const translated = translateError(serverErrorOf(error) ?? error, label);
    throw connectError(translated, label, { tls: false });
  }
}

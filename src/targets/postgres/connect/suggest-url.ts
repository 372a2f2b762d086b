/** What to pass instead of a URL that PostgreSQL does not read but may be meant for it. */
import type { Suggestion } from "../../target.ts";
import { describeUrl } from "./connection-url.ts";

/** Schemes that people write for PostgreSQL, and those of its lookalikes. */
const NEAR =
  /^(?:pg|pgx|psql|pgbouncer|postgre|postgresq|postgressql|postgre_?sql|cockroach(?:db)?|crdb|redshift|yugabyte(?:db)?|timescale(?:db)?|neon|greenplum|materialize|aurora|jdbc:\w+)(?:\+\w+)?:\/\//i;

/** A host with a port, and no scheme before it; what comes before an @ may be a user. */
const HOST_AND_PORT = /^(?:[^@/\s]+@)?(?:[\w-]+\.)*[\w-]+:(\d{1,5})(?:[/?]|$)/;

/** Where SQL Server usually listens. */
const PORT_OF_ANOTHER = "1433";

/** Why `url` is not read, and what to pass; `null` for one that has nothing to do with PostgreSQL. */
export function suggestUrl(url: string): Suggestion | null {
  const prisma = /^prisma(?:\+postgres(?:ql)?)?:\/\//i.exec(url)?.[0];
  if (prisma !== undefined) return prismas(url.slice(prisma.length));
  const local = /^(?:jdbc:)?postgres(?:ql)?:(?!\/\/)\/?([\w-]+)$/i.exec(url)?.[1];
  if (local !== undefined) {
    return { reason: "two slashes come before the host", fix: `pass --to postgres:///${local}` };
  }
  const slashless = /^postgres(?:ql)?:\/?(?!\/)(?=\S)/i.exec(url)?.[0];
  if (slashless !== undefined) {
    const fix = `write ${slashless.replace(/:.*/, "")}:// instead of ${slashless}`;
    return { reason: "two slashes come before the host", fix };
  }
  const port = HOST_AND_PORT.exec(url)?.[1];
  if (port !== undefined && port !== PORT_OF_ANOTHER) {
    return { reason: "it has no scheme, which says what database it is", fix: begin(url) };
  }
  const near = NEAR.exec(url)?.[0];
  return near === undefined || /^jdbc:(?!postgres)/i.test(near)
    ? null
    : {
        reason: `no target reads ${near.replace(/\/\/$/, "")}`,
        fix: begin(url.slice(near.length)),
      };
}

/** Prisma's proxy speaks HTTP, and takes a key instead of a user. */
function prismas(rest: string): Suggestion {
  const isProxy = /[?&]api_key=/i.test(rest) || /prisma-data\.net|prisma\.io/i.test(rest);
  return {
    reason: "it is for Prisma's own client, which does not speak to the database itself",
    fix: isProxy
      ? "pass the URL of the database itself: --to postgres://user@host:port/database"
      : begin(rest),
  };
}

function begin(rest: string): string {
  try {
    return `begin it with postgres://, as in --to ${describeUrl(`postgres://${rest}`)}`;
  } catch {
    return "pass --to postgres://user@host:port/database";
  }
}

/**
 * The least that a load needs of SQL Server, as statements. Temporary tables and application locks are everybody's. Pure.
 *
 *   GRANT SELECT, INSERT, UPDATE, VIEW DEFINITION ON [dbo].[t] TO [loader];
 */
import type { GrantRequest } from "../../target.ts";
import { printDdlCommand } from "../../../errors/print-ddl.ts";
import { cascadingTables } from "../../../sql/cascading-tables.ts";
import { LOOKUP_PRIVILEGES } from "../../../model/lookup-plan.ts";
import { lookupTables } from "../../../sql/lookup-tables.ts";
import { tableSql as tableNameSql } from "../../../sql/unique-index.ts";
import { tableSql } from "../names.ts";
import { quoteIdentifier } from "../quote.ts";

/** The statements that let `user`, a user of the database, run the load. */
export function grantsFor(
  { plan, job, privileges, ddl }: GrantRequest,
  user: string,
): readonly string[] {
  // The server refuses a grant to the owner, who may do everything.
  if (user === "dbo") return ["-- dbo owns the database: there is nothing to grant"];
  if (ddl?.kind === "create") return grantsToCreate(plan, job, user);
  const wanted = new Set<string>(privileges);
  // A bulk load asks for the columns before it sends rows.
  if (plan.method.name === "copy") wanted.add("select");
  const names = ["select", "insert", "update", "delete"].filter((each) => wanted.has(each));
  const alters = plan.keepIdentity || wanted.has("truncate");
  return [
    // Without it the server hides the words of defaults, checks and computed columns.
    grant([...names, "view definition"], tableSql(plan), user),
    ...(alters || ddl !== null ? [grant(["alter"], tableSql(plan), user)] : []),
    ...cascadingTables(plan, quoteIdentifier).map((name) => grant(["select"], name, user)),
    ...lookupGrants(plan, user),
    ...(job === null ? [] : checkpointGrants(job.table, user)),
  ];
}

/** A table belongs to the owner of its schema, whoever has made it. */
function grantsToCreate(
  plan: GrantRequest["plan"],
  job: GrantRequest["job"],
  user: string,
): readonly string[] {
  const schema = `SCHEMA::${quoteIdentifier(plan.table.name.schema ?? "dbo")}`;
  return [
    `GRANT CREATE TABLE TO ${quoteIdentifier(user)};`,
    grant(["alter", "select", "insert", "update", "view definition"], schema, user),
    ...lookupGrants(plan, user),
    ...(job === null ? [] : checkpointGrants(job.table, user)),
  ];
}

/** The statements for the table of checkpoints, whose name is as SQL writes it. */
export function checkpointGrants(table: string, user: string): readonly string[] {
  return [
    `-- the checkpoint table has to be there: ${printDdlCommand(table)}`,
    grant(["select", "insert", "update", "delete"], table, user),
  ];
}

/** The tables of look-ups, which are read, and added to where rows are made. */
function lookupGrants(plan: GrantRequest["plan"], user: string): readonly string[] {
  return lookupTables(plan).map(({ parent, missing }) =>
    grant(
      [...LOOKUP_PRIVILEGES[missing], "view definition"],
      tableNameSql(parent.name, quoteIdentifier),
      user,
    ),
  );
}

function grant(privileges: readonly string[], table: string, user: string): string {
  return `GRANT ${privileges.join(", ").toUpperCase()} ON ${table} TO ${quoteIdentifier(user)};`;
}

/**
 * The least that a load needs of SQL Server, as statements. Temporary tables and application locks are everybody's. Pure.
 *
 *   GRANT SELECT, INSERT, UPDATE, VIEW DEFINITION ON [dbo].[t] TO [loader];
 */
import { cascades } from "../../../model/table-shape.ts";
import type { GrantRequest } from "../../target.ts";
import { mayGoDirectly } from "../apply/direct-insert.ts";
import { tableSql as nameSql } from "../../../sql/unique-index.ts";
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
  if (mayGoDirectly(plan)) wanted.add("select");
  const names = ["select", "insert", "update", "delete"].filter((each) => wanted.has(each));
  const alters = plan.keepIdentity || wanted.has("truncate");
  return [
    // Without it the server hides the words of defaults, checks and computed columns.
    grant([...names, "view definition"], tableSql(plan), user),
    ...(alters || ddl !== null ? [grant(["alter"], tableSql(plan), user)] : []),
    ...lookedAt(plan).map((name) => grant(["select"], name, user)),
    ...(job === null ? [] : checkpointGrants(job.table, user)),
  ];
}

/** A table belongs to the owner of its schema, whoever has made it. */
function grantsToCreate(
  { table }: GrantRequest["plan"],
  job: GrantRequest["job"],
  user: string,
): readonly string[] {
  const schema = `SCHEMA::${quoteIdentifier(table.name.schema ?? "dbo")}`;
  return [
    `GRANT CREATE TABLE TO ${quoteIdentifier(user)};`,
    grant(["alter", "select", "insert", "update", "view definition"], schema, user),
    ...(job === null ? [] : checkpointGrants(job.table, user)),
  ];
}

/** The tables that are looked at before rows are taken away, for rows of theirs that would go along or forbid it. */
function lookedAt({ table, emptied, removal }: GrantRequest["plan"]): readonly string[] {
  const referring = table.referredBy ?? [];
  const looked =
    removal?.sets.length === 0
      ? referring
      : emptied === undefined
        ? []
        : referring.filter(cascades);
  const names = looked.map(({ table: name }) => nameSql(name, quoteIdentifier));
  return [...new Set(names)];
}

/** The statements for the table of checkpoints, whose name is as SQL writes it. */
export function checkpointGrants(table: string, user: string): readonly string[] {
  return [
    "-- the checkpoint table has to be there: upsurge jobs --to URL --print-ddl",
    grant(["select", "insert", "update", "delete"], table, user),
  ];
}

function grant(privileges: readonly string[], table: string, user: string): string {
  return `GRANT ${privileges.join(", ").toUpperCase()} ON ${table} TO ${quoteIdentifier(user)};`;
}

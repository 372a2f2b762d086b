/** There is no table of the name that was asked for: which there are, and what makes one. */
import { shellWord } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Options } from "../../options/options.ts";
import { nearTable } from "../../plan/names.ts";
import type { Session } from "../../targets/target.ts";
import { tablesThere } from "./tables-there.ts";

/** Where a table was looked for. */
export interface MissingTable {
  readonly options: Options;
  /** As the user gave them. */
  readonly patterns: readonly string[];
  /** The database without secrets. */
  readonly label: string;
  /** The target's name. */
  readonly target: string;
}

/** `PLAN_NO_TABLE`, with the flag that creates the table and the command that shows its statement. */
export async function noTable(session: Session, missing: MissingTable): Promise<Error> {
  const { options, label } = missing;
  const table = options.table ?? "";
  const { tables, told } = await tablesThere(session, options);
  const near = nearTable(table, tables);
  const made = creating(missing, table);
  const why = (await session.whyNoTable?.(table)) ?? {
    reason: `${label} has ${told}`,
    fix: near === null ? made : `did you mean ${near}? Or ${made}`,
  };
  return upsurgeError(
    "PLAN_NO_TABLE",
    { table, reason: why.reason, suggestion: why.fix },
    { where: `--table ${table}` },
  );
}

/** A stream cannot be looked at twice. */
function creating({ patterns, target, options }: MissingTable, table: string): string {
  if (options.nest !== null) return "create it first, and the tables of --nest with foreign keys";
  const [source = "-"] = patterns;
  const show = `upsurge inspect ${shellWord(source)} --ddl ${target} --table ${shellWord(table)}`;
  const shown = source === "-" ? "" : `; \`${show}\` prints its statement`;
  if (options.shard !== null) return `create it before the shards are started${shown}`;
  return `add --create to create the table, and --key to give it a primary key${shown}`;
}

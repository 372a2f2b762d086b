/** `missing`: what becomes of rows of a level that its records do not mention, and what stands against it. Pure. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Assignment, TablePlan } from "../../model/load-plan.ts";
import type { MissingRule } from "../../model/nest/missing-rule.ts";
import { allowedByFlag } from "../../model/removal.ts";
import { keepsRows } from "../../model/table-shape.ts";
import type { Column } from "../../model/table-shape.ts";
import { levelName } from "../../options/nest/nest-levels.ts";
import type { LevelOptions } from "../../options/nest/nest-levels.ts";
import type { DeleteLimit } from "../../options/grammar.ts";
import { tableLabel } from "../names.ts";
import { refusePrivileges } from "../requirements.ts";
import { assignments } from "../update-rule.ts";
import type { RelationLink } from "./relations.ts";

/** A level, and how its rows are written. */
export interface MissingRequest {
  readonly level: Pick<LevelOptions, "path" | "missing" | "options">;
  readonly plan: TablePlan;
  readonly links: readonly RelationLink[];
  /** The columns by which a row is found after it was written; `null`: there is no such key. */
  readonly key: readonly string[] | null;
  /** `--max-delete`. */
  readonly limit: DeleteLimit | null;
  readonly quoteIdentifier: (name: string) => string;
}

/** What was decided, before it is known whether rows of several records depend on each other. */
export type DecidedMissing = Omit<MissingRule, "apart" | "watched">;

/** The rule of a level; `null`: its rows stay. Throws `PLAN_*` errors. */
export function planMissing(request: MissingRequest): DecidedMissing | null {
  const { level, plan, links, limit, quoteIdentifier } = request;
  const { missing } = level;
  if (missing === null) return null;
  const { table } = plan;
  const linking = links.map(({ column }) => column);
  const keys = mentionKey(request);
  if (missing.kind === "unlink") refuseLinked(request, linking);
  const naming = { columns: table.columns.map(({ name }) => name), quoteIdentifier };
  const flag = "missing: set";
  const given = missing.kind === "set" ? missing.sets : [];
  const sets: Assignment[] = assignments(table, flag, given, naming);
  const unlinks = linking.map(({ name }): Assignment => ({ column: name, expression: "null" }));
  const taken = missing.kind === "delete" ? "delete" : "update";
  refusePrivileges(table, ["select", taken], quoteIdentifier);
  return {
    level: levelName(level.path),
    said: missing.kind,
    links: linking,
    keys,
    sets: missing.kind === "unlink" ? unlinks : sets,
    limit,
  };
}

/** What to know of it, for `upsurge plan`. */
export function sayMissing({ said, apart, limit }: MissingRule): string {
  const what = {
    delete: "are deleted",
    unlink: "lose what links them",
    set: "are changed as missing: set says",
  }[said];
  const when = apart === null ? "with each batch" : "with each record";
  return `rows that a record does not mention ${what}, ${when}; of those that were in the table before, ${allowedByFlag(limit)}`;
}

/** The columns by which the database knows a row that a record mentions. */
function mentionKey({ level, plan, key }: MissingRequest): readonly Column[] {
  const { arbiter, nullKey, table } = plan;
  const name = levelName(level.path);
  if (!keepsRows(table))
    throw unsupported(name, {
      what: `missing: ${level.missing?.kind ?? ""} on ${tableLabel(table)}, which is no table`,
      reason: "what is behind it is not known",
      suggestion: `name the table behind it, or leave missing out of the options of ${name}`,
    });
  if (nullKey !== "reject")
    throw unsupported(name, {
      what: `missing with null-key: ${nullKey}`,
      reason: "a row with NULL in its key is not known again",
      suggestion: `leave null-key out of the options of ${name}, or leave missing out`,
    });
  const index = table.uniqueKeys.find((each) => arbiter !== null && each.name === arbiter.name);
  const isOdd =
    index?.standard === false || index?.collations?.some((each) => each !== null) === true;
  if (key === null || isOdd)
    throw unsupported(name, {
      what: `missing on ${tableLabel(table)}`,
      reason:
        key === null
          ? "its rows have no key over plain columns, by which those that a record mentions are known"
          : "its key compares values in another way than its columns do",
      suggestion: `name a unique key over plain columns among the options of ${name}, as in key: [ COLUMN ]; or leave missing out`,
    });
  return key.flatMap((each) => table.columns.find((column) => column.name === each) ?? []);
}

function refuseLinked({ level, plan }: MissingRequest, linking: readonly Column[]): void {
  const { table } = plan;
  const primary = table.uniqueKeys.find((each) => each.primary)?.columns ?? [];
  const fixed = linking.find((column) => !column.nullable || primary.includes(column.name));
  if (fixed === undefined) return;
  const reason = fixed.nullable
    ? `${fixed.name} is a part of the primary key of ${tableLabel(table)}`
    : `${fixed.name} of ${tableLabel(table)} is NOT NULL`;
  const name = levelName(level.path);
  throw unsupported(name, {
    what: "missing: unlink",
    reason: `${reason}, and rows are unlinked by NULL in it`,
    suggestion: `write missing: delete among the options of ${name}, or missing: set with a column that marks the rows`,
  });
}

function unsupported(
  level: string,
  details: { readonly what: string; readonly reason: string; readonly suggestion: string },
): Error {
  return upsurgeError("PLAN_UNSUPPORTED", details, { where: `--nest ${level}` });
}

/** Turns the update flags into what happens to a target row that was found. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Arbiter, Assignment, Mode, UpdateRule } from "../model/load-plan.ts";
import type { TableShape } from "../model/table-shape.ts";
import type { ColumnExpression } from "../options/grammar.ts";
import type { Options } from "../options/options.ts";
import { qualify } from "../sql/expressions.ts";
import type { ExpressionNames } from "../sql/expressions.ts";
import { whyReadOnly } from "./mapping/read-only.ts";
import { requireColumn } from "./names.ts";
import { refuseOpen } from "./open-expression.ts";
import { refuseListed } from "./overlaps.ts";

/** What the rule is made from. */
export interface UpdateRequest {
  readonly options: Options;
  readonly mode: Mode;
  readonly arbiter: Arbiter | null;
  readonly naming: ExpressionNames;
}

/** The update rule of a load. Throws `PLAN_UNKNOWN_COLUMN`, `PLAN_READ_ONLY_COLUMN`, `PLAN_DUPLICATE_COLUMN`, `PLAN_EXPRESSION`. */
export function updateRule(shape: TableShape, request: UpdateRequest): UpdateRule {
  const { options, mode, naming } = request;
  const updates = mode === "upsert" || mode === "update";
  const stamps = assignments(shape, "--stamp", options.stamp, naming);
  const sets = updates ? assignments(shape, "--set", options.set, naming) : [];
  const columns = updates ? updateColumns(shape, request) : [];
  const { updateWhere: where } = options;
  if (where !== null) refuseOpen("--update-where", where, naming);
  if (updates && options.updateColumns?.kind === "only")
    refuseListed(columns, { sets, stamps }, naming);
  return {
    columns,
    sets,
    stamps,
    where: where === null ? null : qualify(where, "target", naming),
    nullKeeps: options.nullKeeps,
    rewriteUnchanged: options.rewriteUnchanged,
  };
}

function updateColumns(shape: TableShape, { options, arbiter }: UpdateRequest): string[] {
  const asked = options.updateColumns;
  const writable = shape.columns
    .filter((column) => whyReadOnly(column, true) === null && column.identity !== "always")
    .map((column) => column.name);
  const byDefault = writable.filter((name) => !(arbiter?.columns.includes(name) ?? false));
  if (asked === null || asked.kind === "all") return byDefault;
  if (asked.kind === "none") return [];
  const named = asked.columns.map((name) => requireColumn(shape, name, "--update-columns").name);
  if (asked.kind === "except") return byDefault.filter((name) => !named.includes(name));
  for (const name of named) refuseReadOnly(shape, name, "--update-columns");
  return shape.columns.map((column) => column.name).filter((name) => named.includes(name));
}

/** The assignments of a flag, over `target`. Throws as `updateRule` does. */
export function assignments(
  shape: TableShape,
  flag: string,
  given: readonly ColumnExpression[] | null,
  naming: ExpressionNames,
): Assignment[] {
  const seen = new Set<string>();
  return (given ?? []).map((parsed) => {
    const column = requireColumn(shape, parsed.column, flag).name;
    refuseReadOnly(shape, column, flag);
    if (seen.has(column)) {
      throw upsurgeError(
        "PLAN_DUPLICATE_COLUMN",
        { column, reason: `by two ${flag} expressions` },
        { fix: `leave one ${flag} of ${column} out`, where: flag },
      );
    }
    seen.add(column);
    refuseOpen(flag, parsed.expression, naming);
    return { column, expression: qualify(parsed.expression, "target", naming) };
  });
}

function refuseReadOnly(shape: TableShape, name: string, flag: string): void {
  const column = requireColumn(shape, name, flag);
  const reason = whyReadOnly(column, false);
  if (reason === null) return;
  const suggestion = `leave ${name} out of ${flag}`;
  throw upsurgeError(
    "PLAN_READ_ONLY_COLUMN",
    { column: name, reason, suggestion },
    { where: flag },
  );
}

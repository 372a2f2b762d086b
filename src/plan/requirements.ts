/** Refuses loads that cannot succeed for any record: a key or a required column that nothing fills, a missing privilege. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { keyFlags, passOneOf } from "../errors/key-flags.ts";
import type { Arbiter, KeyOrigin, Mode, TablePlan, UpdateRule } from "../model/load-plan.ts";
import { isRequired, mayFill } from "../model/table-shape.ts";
import type { TablePrivilege, TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import type { Capabilities } from "../targets/capabilities.ts";
import { tableSql } from "../sql/unique-index.ts";
import { whyReadOnly } from "./mapping/read-only.ts";
import { tableLabel } from "./names.ts";
import { shellWord } from "../errors/shell-word.ts";

/** What a load brings, to be held against what the table wants. */
export interface Requirements {
  readonly mode: Mode;
  readonly arbiter: Arbiter | null;
  readonly keyOrigin: KeyOrigin | null;
  readonly nullKey: Options["nullKey"];
  readonly keepIdentity: boolean;
  /** The source's fields, for messages. */
  readonly fields: readonly string[];
  /** The columns that fields and constants fill; stamps fill others. */
  readonly named: ReadonlySet<string>;
  readonly update: Pick<UpdateRule, "stamps">;
  /** A record that deletes brings its key alone, and there may be no other record. */
  readonly deleteWhen: Options["deleteWhen"];
}

/** Throws `PLAN_KEY_NOT_IN_SOURCE`, `PLAN_REQUIRED_COLUMN`. */
export function refuseMissing(shape: TableShape, requirements: Requirements): void {
  const { mode, arbiter, fields, named, update } = requirements;
  const given = new Set([...named, ...update.stamps.map(({ column }) => column)]);
  if (fields.length === 0) return;
  const unkeyed = neededKey(requirements).find((column) => !given.has(column));
  if (unkeyed !== undefined && arbiter?.plain === true) {
    throw keyNotInSource(shape, unkeyed, { requirements, given });
  }
  if (mode === "update" || mayFill(shape) || requirements.deleteWhen !== null) return;
  const required = shape.columns.find((column) => isRequired(column) && !given.has(column.name));
  if (required === undefined || shape.kind === "view") return;
  const fix = `add the field, or --const ${shellWord(`${required.name}=VALUE`)}, or use --mode update for rows known to exist`;
  throw upsurgeError(
    "PLAN_REQUIRED_COLUMN",
    { column: required.name, table: tableLabel(shape), mode },
    { fix },
  );
}

/**
 * The columns without which no record has a key. A key that is named may be left to `--null-key insert`; under one that the
 * table named, each run would insert everything.
 */
export function neededKey({
  arbiter,
  keyOrigin,
  nullKey,
}: Pick<Requirements, "arbiter" | "keyOrigin" | "nullKey">): readonly string[] {
  const isTaken = keyOrigin === "primary" || keyOrigin === "default";
  return nullKey === "insert" && !isTaken ? [] : (arbiter?.columns ?? []);
}

/** Another key of the table will do, where the source fills all of its columns: of a generated id that is the way. */
function keyNotInSource(
  shape: TableShape,
  column: string,
  found: { readonly requirements: Requirements; readonly given: ReadonlySet<string> },
): Error {
  const { mode, arbiter, keyOrigin, fields, keepIdentity } = found.requirements;
  const filled = shape.uniqueKeys.filter(({ columns }) =>
    columns.every((name) => name !== null && found.given.has(name)),
  );
  const other = passOneOf(keyFlags(filled, mode), "a key that the source fills");
  const keyed = shape.columns.find(({ name }) => name === column);
  const fill = `map a field to it with --map ${shellWord(`field:${column}`)}, or fill it with --const ${shellWord(`${column}=VALUE`)}`;
  const made = (keyed?.identity ?? keyed?.defaultSql ?? keyed?.generatedSql ?? null) !== null;
  const isKept = keyed !== undefined && !keepIdentity && whyReadOnly(keyed, false) !== null;
  const map = isKept ? `pass --keep-identity, and ${fill}` : fill;
  const indexed =
    "give the table a unique index on columns of the source, and name them with --key";
  const isGenerated = (keyed?.generatedSql ?? null) !== null;
  const fixes = [
    ...(isGenerated ? [] : [map]),
    ...(other !== null ? [other] : made ? [indexed] : []),
  ];
  const key = arbiter?.columns.join(", ") ?? "";
  const taken = {
    default: `no key is named, so the primary key (${key}) is taken; `,
    primary: `--key primary is the primary key (${key}); `,
    column: "",
    named: "",
  }[keyOrigin ?? "named"];
  return upsurgeError(
    "PLAN_KEY_NOT_IN_SOURCE",
    { column, fields: fields.join(", ") },
    {
      why: `${taken}the source's fields are ${fields.join(", ")}`,
      fix: fixes.join("; or "),
    },
  );
}

/** How a load goes about its table, as far as privileges depend on it. */
type WriteRules = Pick<
  TablePlan,
  "mode" | "strategy" | "arbiter" | "emptied" | "removal" | "comparison" | "late" | "finds"
>;

/** What a load must be allowed to do with its table; the one place that says so. `deletes`: records may delete. */
export function neededPrivileges(
  rules: WriteRules,
  capabilities: Pick<Capabilities, "lookupNeedsUpdatePrivilege">,
  deletes = false,
): readonly TablePrivilege[] {
  const { emptied, removal, comparison, late } = rules;
  if (rules.finds === true) return ["select"];
  const passes = late === undefined ? [rules] : [rules, late.plan];
  const kept = comparison === undefined ? [] : toKeepOthersOut(capabilities);
  const gone = deletes ? (["select", "delete"] as const) : [];
  const records = passes.flatMap((each) => forRecords(each, capabilities));
  const needed = [...new Set([...records, ...kept, ...gone])];
  // The rows are counted, or looked for, as well.
  if (emptied !== undefined) return [...new Set([...needed, "select", emptied] as const)];
  if (removal === undefined) return needed;
  const takes = removal.sets.length === 0 ? "delete" : "update";
  return [...new Set([...needed, "select", takes] as const)];
}

/** All rows are read, under a lock. */
function toKeepOthersOut({
  lookupNeedsUpdatePrivilege: takesUpdate,
}: Pick<Capabilities, "lookupNeedsUpdatePrivilege">): readonly TablePrivilege[] {
  return takesUpdate === true ? ["select", "update"] : ["select"];
}

function forRecords(
  { mode, strategy, arbiter }: WriteRules,
  { lookupNeedsUpdatePrivilege: locksToLook }: Pick<Capabilities, "lookupNeedsUpdatePrivilege">,
): readonly TablePrivilege[] {
  switch (mode) {
    case "upsert":
      return ["select", "insert", "update"];
    case "update":
      return ["select", "update"];
    case "insert":
      return ["insert"];
    case "ignore":
      break;
  }
  // To name a key is to read it.
  const reads: readonly TablePrivilege[] = arbiter?.kind === "any" ? [] : ["select"];
  const locks = strategy === "select-then-write" && locksToLook === true;
  return [...reads, "insert", ...(locks ? (["update"] as const) : [])];
}

const ALL_GRANTS = "`upsurge plan --grants` prints all that a load needs";

/** Throws `PLAN_PRIVILEGE` when one of those is missing, or what comes before them. */
export function refusePrivileges(
  shape: TableShape,
  needed: readonly TablePrivilege[],
  quote: (name: string) => string,
): void {
  const table = tableLabel(shape);
  const missing = ["usage", ...needed, "temporary"].find((each) =>
    shape.missingPrivileges.includes(each),
  );
  if (missing === undefined) return;
  const { privilege, grant } = wordsFor(missing, shape, { needed, quote });
  throw upsurgeError("PLAN_PRIVILEGE", {
    privilege,
    table,
    suggestion: `${grant}; ${ALL_GRANTS}`,
  });
}

function wordsFor(
  missing: string,
  { name, grantee }: TableShape,
  {
    needed,
    quote,
  }: { readonly needed: readonly TablePrivilege[]; readonly quote: (name: string) => string },
): { privilege: string; grant: string } {
  const user = grantee === undefined ? "USER" : quote(grantee.user);
  if (missing === "usage") {
    const grant = `grant usage on schema ${quote(name.schema ?? "")} to ${user}`;
    return { privilege: "usage of its schema", grant };
  }
  if (missing === "temporary") {
    const database = grantee === undefined ? "DATABASE" : quote(grantee.database);
    const grant = `grant temporary on database ${database} to ${user}`;
    return { privilege: "temporary tables in the database", grant };
  }
  return {
    privilege: missing,
    grant: `grant ${needed.join(", ")} on ${tableSql(name, quote)} to ${user}`,
  };
}

/**
 * The fold of repeated keys: a PL/pgSQL block that walks the rows set aside, key by key and in order, works out what each
 * does to the one image of its target row that a variable holds, and writes that image when the key ends. So a key costs
 * one version of its row a batch, however often it repeats: versions of a transaction cannot be pruned before its end, and
 * every look-up walks over all of them. An image that would be refused fails the block; the rows are then written one at a
 * time, which tells the row at fault. Pure.
 *
 *   for excluded in select r.*, row_number() over (partition by "k" order by upsurge_ord) as upsurge_turn from pg_temp.upsurge_repeats … loop
 *     if excluded.upsurge_turn = 1 then
 *       update only "t" as target set "n" = upsurge_image."n" where target.ctid = upsurge_at;      -- of the key before
 *       select target.ctid, target."n" into … from only "t" as target where target."k" = excluded."k" for no key update;
 *     end if;
 *     if not found then insert into "t" …; else
 *       upsurge_new."n" := (target."n" + excluded."n");
 *       if target."n" is distinct from upsurge_new."n" then target."n" := upsurge_new."n"; …
 */
import type { RowShape } from "../../../model/batch.ts";
import type { Column } from "../../../model/table-shape.ts";
import { assignmentsOf, stampedColumns } from "../../../sql/assignments.ts";
import type { SqlAssignment } from "../../../sql/assignments.ts";
import { branches, counterOf, COUNTERS, countSql, NOTE_COUNTS } from "./each-sql.ts";
import { qualifiedBy } from "./folding.ts";
import type { FoldRules } from "./folding.ts";
import { doBlock, quoteIdentifier } from "../quote.ts";
import { insertSql } from "../../../sql/insert.ts";
import { matchSql } from "../../../sql/match.ts";
import { onlyTable, POSTGRES } from "../dialect.ts";
import { TEMPORARY } from "../stage/names.ts";
import { hasOneImage } from "../types.ts";

/** A value of more bytes may be too long for an index, among others. */
const LONG = 500;

/** What is folded: the rows set aside have these shapes. */
interface Fold extends FoldRules {
  readonly shapes: readonly RowShape[];
}

const GIVE_UP = "raise exception 'repeats cannot be folded' using errcode = '23000';";

/** The block that folds the rows of the relation `from`, which have these shapes. */
export function foldSql(folding: FoldRules, shapes: readonly RowShape[], from: string): string {
  const fold = { ...folding, shapes };
  const keys = folding.plan.arbiter.keyExpressions.join(", ");
  const steps = byShape(shapes, (shape) => stepSql(fold, shape.columns));
  // Only an update goes on without a target row.
  const updates = folding.plan.mode === "update";
  const insert = byShape(shapes, (shape) => insertMissingSql(fold, shape.columns));
  const write = writeSql(fold);
  return doBlock(`#variable_conflict use_column
declare
  excluded record;
  target ${TEMPORARY.stage(folding.plan)}%rowtype;
  upsurge_image alias for target;
  upsurge_new ${TEMPORARY.stage(folding.plan)}%rowtype;
  upsurge_key record;
  upsurge_at tid;
  upsurge_found boolean;
  upsurge_written bigint := 0;
  upsurge_shown boolean;
  upsurge_keys bigint := 0;
  ${COUNTERS}
begin
  for excluded in select r.*, row_number() over (partition by ${keys} order by upsurge_ord) as upsurge_turn
    from ${from} as r order by ${keys}, upsurge_ord loop
    if excluded.upsurge_turn = 1 then
      ${write}
      upsurge_key := excluded;
      upsurge_keys := upsurge_keys + 1;
      ${readSql(fold)}${updates ? "" : `\n${insert}`}
    end if;${updates ? `\nif not upsurge_found then ${countSql("skipped")} continue; end if;` : ""}
${steps}
  end loop;
  ${write}
  ${NOTE_COUNTS}
  perform set_config('upsurge.keys', upsurge_keys::text, true);
end`);
}

/** What is to be done for the shape of the row at hand. */
function byShape(shapes: readonly RowShape[], step: (shape: RowShape) => string): string {
  const [only, ...more] = shapes;
  if (only !== undefined && more.length === 0) return step(only);
  return branches("excluded", shapes, step);
}

/** What of a target row is kept at hand, and where. */
function keptSql({ plan, columns }: Fold): string {
  const names = columns.map((name) => `target.${quoteIdentifier(name)}`);
  const into = columns.map((name) => `upsurge_image.${quoteIdentifier(name)}`);
  const place = plan.table.kind === "table" ? "target.ctid" : "null::tid";
  return `${["true", place, ...names].join(", ")} into ${["upsurge_found", "upsurge_at", ...into].join(", ")}`;
}

/** Looks for the target row of a key. */
function readSql(fold: Fold): string {
  const { plan } = fold;
  return `upsurge_found := false;
select ${keptSql(fold)}
from ${onlyTable(plan)} as target where ${matchSql(plan, plan.arbiter, POSTGRES)} for no key update;
upsurge_found := coalesce(upsurge_found, false);`;
}

/** Inserts the first row of a key. One that another session inserts meanwhile fails the block. */
function insertMissingSql(fold: Fold, columns: readonly string[]): string {
  const values = columns.map(
    (name) => `excluded.${quoteIdentifier(name)} as ${quoteIdentifier(name)}`,
  );
  const from = `(select ${values.join(", ")}) as excluded`;
  return `if not upsurge_found then
${insertSql(fold.plan, columns, from, POSTGRES)}
returning ${keptSql(fold)};
${countSql("inserted")}
continue;
end if;`;
}

/** Writes the image at hand, where it has changed. */
function writeSql({ plan, shapes }: Fold): string {
  const assigned = shapes.flatMap(({ columns }) => assignmentsOf(plan, columns, quoteIdentifier));
  const names = [...new Set(assigned.map(({ column }) => quoteIdentifier(column.name)))];
  if (names.length === 0) return "";
  const sets = names.map((name) => `${name} = upsurge_image.${name}`);
  // Of a partition, the place would not tell which.
  const same =
    plan.table.kind === "table"
      ? ["target.ctid = upsurge_at"]
      : plan.arbiter.keyExpressions.map((part) => `target.${part} = upsurge_key.${part}`);
  return `if ${counterOf("updated")} > upsurge_written then
update ${onlyTable(plan)} as target set ${sets.join(", ")} where ${same.join(" and ")}
returning ${plan.table.kind === "table" ? "target.ctid" : "null::tid"} into upsurge_at;
if not found then ${GIVE_UP} end if;
upsurge_written := ${counterOf("updated")};
end if;`;
}

/** What a row with these columns does to the image at hand. */
function stepSql(fold: Fold, columns: readonly string[]): string {
  const { plan } = fold;
  const assigned = assignmentsOf(plan, columns, quoteIdentifier);
  const compared = assigned.filter((each) => each.compared);
  if (compared.length === 0 || plan.mode === "ignore") return countSql("ignored");
  const change = changeSql(fold, assigned);
  const differs = plan.update.rewriteUnchanged ? "true" : differSql(compared);
  const write = `${worked(compared)}
if ${differs} then
${change}
else ${countSql("unchanged")} end if;`;
  const { where } = plan.update;
  const update =
    where === null
      ? write
      : `if ((${where})) is not true then ${countSql("skipped")}\nelse\n${write}\nend if;`;
  return `${proposedSql(fold)}${update}`;
}

/** Stamps the proposed row, and holds against it what the stage could not. */
function proposedSql({ plan, checks }: Fold): string {
  const { stamps } = plan.update;
  if (stamps.length === 0) return "";
  const values = stamps.map(
    ({ column, expression }) => `excluded.${quoteIdentifier(column)} := (${expression});`,
  );
  const stamped = stampedColumns(plan);
  return [
    ...values,
    generate(plan, "excluded"),
    refuse(plan, "excluded", { columns: stamped, checks }),
    "",
  ].join("\n");
}

/** Expressions of the user's become values of their columns: rounded, cut or refused as an assignment would. */
function worked(assigned: readonly SqlAssignment[]): string {
  return assigned
    .filter(({ foreign }) => foreign)
    .map(({ column, value }) => `upsurge_new.${quoteIdentifier(column.name)} := ${value};`)
    .join("\n");
}

function valueOf({ column, value, foreign }: SqlAssignment): string {
  return foreign ? `upsurge_new.${quoteIdentifier(column.name)}` : value;
}

/** True when the image would change: by value where equal values have one image. */
function differSql(assigned: readonly SqlAssignment[]): string {
  const [exact, others] = [true, false].map((one) =>
    assigned.filter(({ column }) => hasOneImage(column) === one),
  );
  const tests = (exact ?? []).map(
    (each) => `target.${quoteIdentifier(each.column.name)} is distinct from ${valueOf(each)}`,
  );
  if (others !== undefined && others.length > 0) tests.push(imagesDiffer(others));
  return `(${tests.join(" or ")})`;
}

function imagesDiffer(assigned: readonly SqlAssignment[]): string {
  const stored = assigned.map(({ column }) => `target.${quoteIdentifier(column.name)}`);
  return `row(${stored.join(", ")})::record *<> row(${assigned.map(valueOf).join(", ")})::record`;
}

/** The next image, held against what the database would; written at once where the database must look at it. */
function changeSql(fold: Fold, assigned: readonly SqlAssignment[]): string {
  const { plan, checks, shown, indexed } = fold;
  const stamps = assigned.filter(({ compared }) => !compared);
  const watched = assigned.filter(({ column }) => shown.includes(column.name));
  const long = assigned
    .filter(({ column }) => indexed.includes(column.name))
    .map(
      ({ column }) =>
        `coalesce(pg_column_size(target.${quoteIdentifier(column.name)}), 0) > ${LONG}`,
    );
  const now = [...(watched.length > 0 ? ["upsurge_shown"] : []), ...long];
  return [
    worked(stamps),
    watched.length > 0 ? `upsurge_shown := ${imagesDiffer(watched)};` : "",
    ...assigned.map((each) => `target.${quoteIdentifier(each.column.name)} := ${valueOf(each)};`),
    generate(plan, "target"),
    refuse(plan, "target", {
      columns: [...assigned.map(({ column }) => column), ...generatedOf(plan)],
      checks,
    }),
    countSql("updated"),
    now.length > 0 ? `if ${now.join(" or ")} then ${writeSql(fold)} end if;` : "",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

function generatedOf({ table }: FoldRules["plan"]): Column[] {
  return table.columns.filter(({ generatedSql }) => generatedSql !== null);
}

function generate(plan: FoldRules["plan"], alias: string): string {
  return generatedOf(plan)
    .map(
      ({ name, generatedSql }) =>
        `${alias}.${quoteIdentifier(name)} := (${qualifiedBy(alias, generatedSql ?? "null", plan)});`,
    )
    .join("\n");
}

/** Gives up where a column may not be NULL and is, or a check is false. */
function refuse(
  plan: FoldRules["plan"],
  alias: string,
  { columns, checks }: { readonly columns: readonly Column[]; readonly checks: readonly string[] },
): string {
  const empty = columns
    .filter(({ nullable }) => !nullable)
    .map(({ name }) => `${alias}.${quoteIdentifier(name)} is null`);
  const broken = checks.map((sql) => `(${qualifiedBy(alias, sql, plan)}) is false`);
  const tests = [...empty, ...broken];
  return tests.length === 0 ? "" : `if ${tests.join(" or ")} then ${GIVE_UP} end if;`;
}

/** Asks for all that a fold evaluates, of no row; it fails where the fold could not run. */
export function tryFoldSql({ plan, columns, checks }: FoldRules): string {
  const { sets, stamps, where } = plan.update;
  // As in the stage, which need not be there yet.
  const fields = plan.table.columns.map(
    ({ name, type }) => `null::${type} as ${quoteIdentifier(name)}`,
  );
  const read = [
    ...columns.map((name) => `target.${quoteIdentifier(name)}`),
    ...[...sets, ...stamps].map(({ expression }) => `(${expression})`),
    ...(where === null ? [] : [`(${where})`]),
    ...checks.map((sql) => `(${qualifiedBy("target", sql, plan)})`),
    ...generatedOf(plan).map(
      ({ generatedSql }) => `(${qualifiedBy("target", generatedSql ?? "null", plan)})`,
    ),
  ];
  return `select ${["true", ...read].join(", ")} from ${onlyTable(plan)} as target, (select ${fields.join(", ")} offset 0) as excluded limit 0 for no key update of target`;
}

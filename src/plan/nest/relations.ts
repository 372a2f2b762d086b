/** What links the rows of a level to those of the one that it is in: the foreign key between their tables, or what is said. Pure. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";
import { tableName } from "../../model/table-shape.ts";
import { levelName } from "../../options/nest/nest-levels.ts";
import type { GivenLink, LevelOptions } from "../../options/nest/nest-levels.ts";
import { columnsAlike, findColumn, requireColumn, tableLabel } from "../names.ts";

/** Columns that refer to others, beside them. */
export interface RelationLink {
  readonly column: Column;
  readonly refersTo: Column;
}

/** Which of the two tables has the linking columns: that of an array, or the one that an object is a member of. */
export interface LevelRelation {
  readonly relation: "array" | "object";
  readonly links: readonly RelationLink[];
}

/** What a relation is found from. */
export interface RelationRequest {
  readonly level: Pick<LevelOptions, "path" | "table" | "link" | "relation">;
  readonly shape: TableShape;
  readonly parent: TableShape;
  /** What the first records have there. */
  readonly seen: { readonly arrays: number; readonly objects: number } | null;
}

/** Throws `PLAN_NEST_LINK`, `PLAN_UNKNOWN_COLUMN`. */
export function findRelation(request: RelationRequest): LevelRelation {
  const { level, shape, parent } = request;
  const down = keysBetween(shape, parent).map((links): LevelRelation => ({
    relation: "array",
    links,
  }));
  const up = keysBetween(parent, shape).map((links): LevelRelation => ({
    relation: "object",
    links,
  }));
  const keys = [...down, ...up];
  if (level.link !== null) return said(request, level.link, keys);
  const wanted =
    level.relation ?? (down.length > 0 && up.length > 0 ? seenRelation(request) : null);
  const found = wanted === null ? keys : keys.filter(({ relation }) => relation === wanted);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  throw notOne(request, found);
}

function seenRelation({ seen }: RelationRequest): "array" | "object" | null {
  const { arrays = 0, objects = 0 } = seen ?? {};
  if (arrays > 0 && objects === 0) return "array";
  return objects > 0 && arrays === 0 ? "object" : null;
}

/** The foreign keys of `child` that refer to `parent`, each once. */
function keysBetween(child: TableShape, parent: TableShape): RelationLink[][] {
  const isSelf = tableName(child.name) === tableName(parent.name);
  const keys = isSelf
    ? child.foreignKeys.filter(({ selfReferencing }) => selfReferencing)
    : (parent.referredBy ?? []).filter(({ table }) => tableName(table) === tableName(child.name));
  const found = new Map<string, RelationLink[]>();
  for (const { columns, refersTo = [] } of keys) {
    const links = columns.flatMap((name, at) => {
      const column = findColumn(child, name);
      const referred = findColumn(parent, refersTo[at] ?? "");
      return column === null || referred === null ? [] : [{ column, refersTo: referred }];
    });
    if (links.length === columns.length) found.set(JSON.stringify(links.map(namesOf)), links);
  }
  return [...found.values()];
}

function namesOf({ column, refersTo }: RelationLink): readonly [string, string] {
  return [column.name, refersTo.name];
}

/** The relation of linking columns that are said. */
function said(
  request: RelationRequest,
  link: readonly GivenLink[],
  keys: readonly LevelRelation[],
): LevelRelation {
  const { level, shape, parent } = request;
  const where = `--nest ${levelName(level.path)}`;
  const isIn = (of: TableShape, to: TableShape): boolean =>
    link.every(
      (each) =>
        columnsAlike(of, each.column).length > 0 && columnsAlike(to, each.refersTo).length > 0,
    );
  const isKey = ({ links }: LevelRelation): boolean =>
    links.length === link.length &&
    links.every(({ column, refersTo }) =>
      link.some((each) => each.column === column.name && each.refersTo === refersTo.name),
    );
  const byKey = keys.filter(isKey);
  const [ofKey, ...others] = byKey;
  const mayBe = [
    ...(isIn(shape, parent) ? (["array"] as const) : []),
    ...(isIn(parent, shape) ? (["object"] as const) : []),
  ];
  const relation =
    level.relation ??
    (others.length === 0 ? ofKey?.relation : undefined) ??
    (mayBe.length === 1 ? mayBe[0] : seenRelation(request));
  if (relation === null || relation === undefined) {
    if (mayBe.length === 0) for (const each of link) refuseUnknown(each, request);
    throw eitherWay(request, link);
  }
  const [from, to] = relation === "array" ? [shape, parent] : [parent, shape];
  const links = link.map((each) => ({
    column: requireColumn(from, each.column, where),
    refersTo: requireColumn(to, each.refersTo, where),
  }));
  return { relation, links };
}

/** Throws for a link whose columns neither table has. */
function refuseUnknown(
  { column, refersTo }: GivenLink,
  { level, shape, parent }: RelationRequest,
): void {
  const where = `--nest ${levelName(level.path)}`;
  requireColumn(shape, column, where);
  requireColumn(parent, refersTo, where);
}

/** The link as it is written. */
function linkText(
  links: readonly { readonly column: string; readonly refersTo: string }[],
): string {
  return `link: { ${links.map(({ column, refersTo }) => `${column}: ${refersTo}`).join(", ")} }`;
}

/** Where a link is said: in the flag of a member of the records, or among the options of one that is in another. */
function linkFix({ path, table }: RelationRequest["level"], texts: readonly string[]): string {
  const [first = "", ...below] = path;
  if (below.length > 0)
    return `among the options of ${levelName(path)} in --nest: ${texts.join(" or ")}`;
  const flags = texts.map((text) => `--nest '${first}: { table: ${table}, ${text} }'`);
  return `${flags.join(" or ")}, with the other options of the level`;
}

function eitherWay({ level, shape, parent }: RelationRequest, link: readonly GivenLink[]): Error {
  const name = levelName(level.path);
  const ways = ["array", "object"].map((relation) => `${linkText(link)}, relation: ${relation}`);
  return upsurgeError(
    "PLAN_NEST_LINK",
    {
      member: name,
      table: tableLabel(shape),
      parent: tableLabel(parent),
      reason: "both tables have these columns, and nothing says which of them refers to the other",
      suggestion: linkFix(level, ways),
    },
    { where: `--nest ${name}` },
  );
}

function notOne({ level, shape, parent }: RelationRequest, found: readonly LevelRelation[]): Error {
  const name = levelName(level.path);
  const texts = found.map(({ links }) =>
    linkText(
      links.map(({ column, refersTo }) => ({ column: column.name, refersTo: refersTo.name })),
    ),
  );
  const known = found.map(({ relation, links }) => {
    const of = tableLabel(relation === "array" ? shape : parent);
    return `${of} (${links.map(({ column }) => column.name).join(", ")})`;
  });
  const reason =
    found.length === 0
      ? `no foreign key of ${tableLabel(shape)} refers to ${tableLabel(parent)}, and none the other way round`
      : `several foreign keys link them: ${known.join("; ")}`;
  const suggestion = linkFix(level, texts.length === 0 ? ["link: { COLUMN: COLUMN }"] : texts);
  return upsurgeError(
    "PLAN_NEST_LINK",
    { member: name, table: tableLabel(shape), parent: tableLabel(parent), reason, suggestion },
    { where: `--nest ${name}` },
  );
}

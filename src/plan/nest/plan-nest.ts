/** From the levels of --nest and their tables to how records in records are written. Pure. */
import { relocated, UpsurgeError, upsurgeError } from "../../errors/upsurge-error.ts";
import type { LookupPlan } from "../../model/lookup-plan.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import { levelFix } from "../../model/nest/level-fix.ts";
import { writtenLevels } from "../../model/nest/nest-plan.ts";
import type { LinkedColumns, NestLevel, NestLink, NestPlan } from "../../model/nest/nest-plan.ts";
import type { TableShape } from "../../model/table-shape.ts";
import { levelName } from "../../options/nest/nest-levels.ts";
import type { LevelOptions } from "../../options/nest/nest-levels.ts";
import type { IsolationRequest } from "../isolation.ts";
import { requireColumn, tableLabel } from "../names.ts";
import { couplingOf } from "./coupling.ts";
import { levelOptions } from "./level-key.ts";
import { findRelation } from "./relations.ts";
import type { LevelRelation, RelationLink } from "./relations.ts";

/** A level with what is known of its table and of the first records in it. */
export interface LevelRequest extends LevelOptions {
  readonly shape: TableShape;
  /** `null`: the first records have none. */
  readonly seen: {
    readonly fields: ReadonlySet<string>;
    readonly arrays: number;
    readonly objects: number;
  } | null;
}

/** A level whose relation is known. */
interface RelatedLevel extends LevelRelation {
  readonly level: LevelRequest;
  /** The place of the table of the record that it is a member of. */
  readonly parentAt: number;
}

/** What is planned of one table. */
export interface PlannedLevel {
  readonly plan: TablePlan;
  readonly together: IsolationRequest;
  readonly why: readonly string[];
  readonly warnings: readonly string[];
}

/** The plan of a table with these options, whose rows take the keys of others. */
export type PlanOfLevel = (request: {
  readonly level: LevelRequest;
  readonly options: LevelOptions["options"];
  readonly linked: readonly LinkedColumns[];
  readonly at: number;
}) => PlannedLevel;

/** The relations of levels, before their tables are planned. */
export interface NestRelations {
  readonly levels: readonly RelatedLevel[];
  /** The columns of the records' own table that are filled. */
  readonly ofRoot: readonly LinkedColumns[];
}

/** How the tables of levels are linked. Throws `PLAN_NEST_LINK`, `PLAN_UNKNOWN_COLUMN`. */
export function relateLevels(levels: readonly LevelRequest[], root: TableShape): NestRelations {
  const related = levels.map((level): RelatedLevel => {
    const { parent: at, shape, seen } = level;
    const parent = at === null ? root : (levels[at]?.shape ?? root);
    const relation = findRelation({ level, shape, parent, seen });
    refuseOther(level, relation);
    return { ...relation, level, parentAt: at === null ? 0 : at + 1 };
  });
  return { levels: related, ofRoot: linkedOf(0, related) };
}

/** Throws for what is said of arrays, or of objects, alone. */
function refuseOther(
  { path, position, whenWritten, finds, wraps }: LevelRequest,
  { relation }: LevelRelation,
): void {
  const ofArrays = [
    ...(position === null ? [] : ["position"]),
    ...(whenWritten ? ["when: written"] : []),
    ...(wraps ? ["through"] : []),
  ];
  const [flag] = relation === "object" ? ofArrays : finds ? ["mode: find"] : [];
  const reason =
    relation === "object"
      ? "it is about the rows in an array"
      : "rows in an array are written, and not looked up";
  if (flag === undefined) return;
  const where = `--nest ${levelName(path)}`;
  const details = { flag: `${where}: ${flag}`, other: `one ${relation}`, reason };
  throw upsurgeError("OPTION_CONFLICT", details, { where, fix: `leave ${flag} out` });
}

/** The columns of the table at this place that levels below it fill, and the one that it is in. */
function linkedOf(at: number, related: readonly RelatedLevel[]): LinkedColumns[] {
  const own = at === 0 ? undefined : related[at - 1];
  return [
    ...(own?.relation === "array" ? [{ columns: columnsOf(own.links), memberAt: null }] : []),
    ...(own === undefined
      ? []
      : positionOf(own.level).map((column) => ({ columns: [column], memberAt: null }))),
    ...related
      .filter((each) => each.parentAt === at)
      .flatMap(({ relation, links }, memberAt) =>
        relation === "object" ? [{ columns: columnsOf(links), memberAt }] : [],
      ),
  ];
}

/** The column that takes the place in the array; none where none does. */
function positionOf({ position, shape, path }: LevelRequest): LinkedColumns["columns"] {
  if (position === null) return [];
  return [requireColumn(shape, position.column, `--nest ${levelName(path)}`)];
}

function columnsOf(links: readonly RelationLink[]): LinkedColumns["columns"] {
  return links.map(({ column }) => column);
}

/** The plans of the levels' tables, and how they are written together. Throws `PLAN_*` errors at the places of their levels. */
export function planLevels(
  { levels: related }: NestRelations,
  root: TablePlan,
  { planOf, quoteIdentifier }: { planOf: PlanOfLevel; quoteIdentifier: (name: string) => string },
): {
  readonly nest: NestPlan;
  readonly tables: readonly TablePlan[];
  /** Those of the levels that are not only looked up. */
  readonly written: readonly TablePlan[];
  readonly together: readonly IsolationRequest[];
  readonly why: readonly string[];
  readonly warnings: readonly string[];
} {
  const planned = related.map(({ level }, place) => {
    const linked = linkedOf(place + 1, related);
    return within(level, () =>
      planOf({ level, options: levelOptions(level, linked), linked, at: place + 1 }),
    );
  });
  const tables = [root, ...planned.map(({ plan }) => plan)];
  const levels = related.map((each, place) => levelAt(each, place + 1, { related, tables }));
  const eachRecord = couplingOf(tables, levels, quoteIdentifier);
  const names = (at: number): string => levelName(levels[at - 1]?.path ?? []);
  return {
    nest: { levels, eachRecord },
    tables,
    written: writtenLevels({ nest: { levels, eachRecord }, tables }),
    together: planned.map(({ together }) => together),
    why: [
      eachRecord === null
        ? "the records of a batch are written level by level: objects, then their records, then arrays"
        : `records are written one by one, each with everything in it: ${eachRecord}`,
      ...levels.flatMap(sayPosition),
      ...planned.flatMap(({ why }, at) => why.map((line) => `${names(at + 1)}: ${line}`)),
    ],
    warnings: planned.flatMap(({ warnings }, at) =>
      warnings.map((line) => `${names(at + 1)}: ${line}`),
    ),
  };
}

function sayPosition({ path, position }: NestLevel): string[] {
  if (position === undefined) return [];
  const { name } = position.column;
  return [
    `${levelName(path)}: ${name} is the place in the array, from ${position.from}; an element that moves rewrites rows`,
  ];
}

/** What `work` throws says which level it is about, and that its fix is one of that level. */
function within<T>({ path }: LevelOptions, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UpsurgeError)) throw error;
    const name = levelName(path);
    const { code, details, message: title, why, cause } = error;
    const fix = levelFix(name, error.fix);
    const said = new UpsurgeError(code, details, { title, why, fix, cause });
    throw relocated(said, `--nest ${name}`);
  }
}

interface PlannedTables {
  readonly related: readonly RelatedLevel[];
  readonly tables: readonly TablePlan[];
}

function levelAt(
  { level, relation, links, parentAt }: RelatedLevel,
  at: number,
  { related, tables }: PlannedTables,
): NestLevel {
  const source = tables[relation === "array" ? parentAt : at];
  if (source === undefined) throw upsurgeError("INTERNAL", { message: "a level has no table" });
  const siblings = related.filter((each) => each.parentAt === parentAt);
  const key = findingKey(source);
  const other = relation === "array" ? level.shape : (tables[parentAt]?.table ?? level.shape);
  refuseUnfindable({ source, key, links, other, level });
  const [column] = positionOf(level);
  const position =
    column === undefined ? {} : { position: { column, from: level.position?.from ?? 1 } };
  return {
    path: level.path,
    relation,
    at,
    parentAt,
    memberAt: siblings.findIndex((each) => each.level === level),
    links: links.map((link): NestLink => ({ ...link, find: finding(link, source, key) })),
    whenWritten: level.whenWritten,
    finds: level.finds,
    ...position,
  };
}

/** The columns by which a row is found after it was written: those of its key, or of a unique key that records fill. */
function findingKey({
  arbiter,
  table,
  mapping,
  constants,
  linked = [],
}: TablePlan): readonly string[] | null {
  if (arbiter !== null) {
    const isPlain = arbiter.kind === "expressions" && arbiter.plain && arbiter.predicate === null;
    return isPlain ? arbiter.columns : null;
  }
  const filled = new Set([
    ...[...mapping, ...constants].map(({ column }) => column),
    ...linked.flatMap(({ columns }) => columns.map(({ name }) => name)),
  ]);
  const key = table.uniqueKeys.find(
    ({ kind, columns, predicate, standard }) =>
      kind === "unique" &&
      predicate === null &&
      standard !== false &&
      columns.every((name) => name !== null && filled.has(name)),
  );
  return key?.columns.filter((name) => name !== null) ?? null;
}

function finding(
  { column, refersTo }: RelationLink,
  { table }: TablePlan,
  key: readonly string[] | null,
): LookupPlan | null {
  if (key === null) return null;
  const keys = key.flatMap((name) => {
    const found = table.columns.find((each) => each.name === name);
    return found === undefined ? [] : [{ column: found, field: null, constant: null }];
  });
  return {
    text: `${column.name} of a level`,
    column,
    parent: table,
    keys,
    refersTo,
    missing: "reject",
    unique: true,
    eachRecord: "each batch writes the rows that it finds",
  };
}

/** A row that is neither found by a key nor says what it is referred to by. */
function refuseUnfindable({
  source,
  key,
  links,
  other,
  level,
}: {
  readonly source: TablePlan;
  readonly key: readonly string[] | null;
  readonly links: readonly RelationLink[];
  readonly other: TableShape;
  readonly level: LevelRequest;
}): void {
  if (key !== null) return;
  const told = new Set([...source.mapping, ...source.constants].map(({ column }) => column));
  const untold = links.find(({ refersTo }) => !told.has(refersTo.name));
  if (untold === undefined && source.mode === "insert") return;
  const column = untold?.refersTo.name ?? links[0]?.refersTo.name ?? "";
  const reason =
    source.mode === "insert"
      ? `no key is named, no unique key is filled by the records, and they have no ${column}, which the rows refer to`
      : "its key is an expression, or partial, or any key decides";
  throw upsurgeError(
    "PLAN_NEST_KEY",
    {
      table: tableLabel(source.table),
      other: tableLabel(other),
      reason,
      suggestion: `name a key over plain columns that the records have, with --key or as key: in --nest; or give the records ${column}, with mode: insert`,
    },
    { where: `--nest ${levelName(level.path)}` },
  );
}

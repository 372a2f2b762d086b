/** From the levels of --nest and their tables to how records in records are written. Pure. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import { writtenLevels } from "../../model/nest/nest-plan.ts";
import type { LinkedColumns, NestLevel, NestLink, NestPlan } from "../../model/nest/nest-plan.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";
import { ofLevel } from "../../options/nest/level-error.ts";
import { levelName } from "../../options/nest/nest-levels.ts";
import type { LevelOptions } from "../../options/nest/nest-levels.ts";
import type { DeleteLimit } from "../../options/grammar.ts";
import { quotesInBrackets } from "../../sql/expressions.ts";
import type { IsolationRequest } from "../isolation.ts";
import { requireColumn, tableLabel } from "../names.ts";
import { apartOf } from "./apart.ts";
import { couplingOf } from "./coupling.ts";
import { levelOptions } from "./level-key.ts";
import { planMissing, sayMissing } from "./missing-rows.ts";
import { filledBy, finding, findingKey } from "./finding.ts";
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
  readonly uses: LinkUses;
  readonly at: number;
}) => PlannedLevel;

/** The relations of levels, before their tables are planned. */
export interface NestRelations {
  readonly levels: readonly RelatedLevel[];
  /** Of the records' own table. */
  readonly ofRoot: LinkUses;
}

/** What links do with the columns of a table. */
export interface LinkUses {
  /** They are filled. */
  readonly linked: readonly LinkedColumns[];
  /** They are referred to. */
  readonly referred: readonly Column[];
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
  return { levels: related, ofRoot: usesOf(0, related) };
}

function usesOf(at: number, related: readonly RelatedLevel[]): LinkUses {
  return { linked: linkedOf(at, related), referred: referredOf(at, related) };
}

/** The columns of the table at this place that rows in its arrays refer to, and those that its row is an object of. */
function referredOf(at: number, related: readonly RelatedLevel[]): readonly Column[] {
  const own = at === 0 ? undefined : related[at - 1];
  const links = [
    ...(own?.relation === "object" ? own.links : []),
    ...related
      .filter(({ parentAt, relation }) => parentAt === at && relation === "array")
      .flatMap((each) => each.links),
  ];
  return [...new Map(links.map(({ refersTo }) => [refersTo.name, refersTo])).values()];
}

/** Throws for what is said of arrays, or of objects, alone. */
function refuseOther(
  { path, position, whenWritten, missing, finds, wraps, options }: LevelRequest,
  { relation }: LevelRelation,
): void {
  const ofArrays = [
    ...(position === null ? [] : ["position"]),
    ...(whenWritten ? ["when: written"] : []),
    ...(missing === null ? [] : ["missing"]),
    ...(options.deleteWhen === null ? [] : ["delete-when"]),
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

/** What levels are planned with. */
export interface LevelsContext {
  readonly planOf: PlanOfLevel;
  /** `--max-delete`. */
  readonly limit: DeleteLimit | null;
  readonly quoteIdentifier: (name: string) => string;
}

/** The plans of the levels' tables, and how they are written together. Throws `PLAN_*` errors at the places of their levels. */
export function planLevels(
  { levels: related }: NestRelations,
  root: TablePlan,
  { planOf, limit, quoteIdentifier }: LevelsContext,
): {
  readonly nest: NestPlan;
  readonly tables: readonly [TablePlan, ...TablePlan[]];
  /** Those of the levels that are not only looked up. */
  readonly written: readonly TablePlan[];
  readonly together: readonly IsolationRequest[];
  readonly why: readonly string[];
  readonly warnings: readonly string[];
} {
  const planned = related.map(({ level }, place) => {
    const uses = usesOf(place + 1, related);
    return within(level, () =>
      planOf({ level, options: levelOptions(level, uses.linked), uses, at: place + 1 }),
    );
  });
  const plans: readonly [TablePlan, ...TablePlan[]] = [root, ...planned.map(({ plan }) => plan)];
  const levels = related.map((each, place) => levelAt(each, place + 1, { related, tables: plans }));
  const tables = withMissing(related, { tables: plans, levels }, { limit, quoteIdentifier });
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
      ...tables.flatMap(({ missing }, at) =>
        missing === undefined ? [] : [`${names(at)}: ${sayMissing(missing)}`],
      ),
      ...planned.flatMap(({ why }, at) => why.map((line) => `${names(at + 1)}: ${line}`)),
    ],
    warnings: planned.flatMap(({ warnings }, at) =>
      warnings.map((line) => `${names(at + 1)}: ${line}`),
    ),
  };
}

/** The tables, with what becomes of rows that records do not mention. */
function withMissing(
  related: readonly RelatedLevel[],
  { tables: [root, ...others], levels }: LinkedPlans,
  { limit, quoteIdentifier }: Omit<LevelsContext, "planOf">,
): readonly [TablePlan, ...TablePlan[]] {
  const decided = others.map((plan, place) => {
    const own = related[place];
    if (own === undefined) return plan;
    const { level, links } = own;
    const key = findingKey(plan);
    const missing = within(level, () =>
      planMissing({ level, plan, links, key, limit, quoteIdentifier }),
    );
    return missing === null
      ? plan
      : { ...plan, missing: { ...missing, apart: null, watched: new Map<number, Set<string>>() } };
  });
  const tables: readonly [TablePlan, ...TablePlan[]] = [root, ...decided];
  const brackets = quotesInBrackets({ quoteIdentifier });
  const apart = (plan: TablePlan, place: number): TablePlan => {
    const level = levels[place];
    if (plan.missing === undefined || level === undefined) return plan;
    return {
      ...plan,
      missing: { ...plan.missing, ...apartOf(level, { tables, levels, brackets }) },
    };
  };
  return [root, ...decided.map(apart)];
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
    throw ofLevel(error, path);
  }
}

/** The plans of the tables, the records' own first, and the levels of the others. */
interface LinkedPlans {
  readonly tables: readonly [TablePlan, ...TablePlan[]];
  readonly levels: readonly NestLevel[];
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
  const sourceAt = relation === "array" ? parentAt : at;
  const [source, filled] = [tables[sourceAt], tables[relation === "array" ? at : parentAt]];
  const finds = related[sourceAt - 1]?.level.finds ?? false;
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
    links: links.map((link): NestLink => ({
      ...link,
      find: finding(link, { source, filled, key, finds }),
    })),
    whenWritten: level.whenWritten,
    finds: level.finds,
    ...(takesTexts(level, at, related) ? { takesTexts: true as const } : {}),
    ...position,
  };
}

/** Whether texts are elements of the level, or of the one that its rows are wrapped around. */
function takesTexts(level: LevelRequest, at: number, related: readonly RelatedLevel[]): boolean {
  const inside = related.find(({ parentAt }) => parentAt === at);
  return (level.wraps ? (inside?.level.scalar ?? null) : level.scalar) !== null;
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
  const told = filledBy(source);
  const untold = links.find(({ refersTo }) => !told.has(refersTo.name));
  if (untold === undefined && source.mode === "insert") return;
  const column = untold?.refersTo.name ?? links[0]?.refersTo.name ?? "";
  const reason =
    source.mode === "insert"
      ? `no key is named, no unique key is filled by the records, and they have no ${column}, which the rows refer to and the database does not make`
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

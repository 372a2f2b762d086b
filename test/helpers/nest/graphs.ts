/** Random graphs of records for a nested load, and random options of its levels. Most records are good; what is wrong is rare. */
import * as fc from "fast-check";
import { columnsTaken, isNest } from "./levels.ts";
import type { Condition, Graph, Json, Level, Missing, Nest, Row } from "./levels.ts";
import type { ColumnType, NestColumn, NestTable } from "./schema.ts";
import type { NestShape } from "./shapes/parts.ts";

/** Records of two loads after one another, under the same options. */
export interface NestCase {
  readonly shape: NestShape;
  readonly root: Level;
  readonly loads: readonly (readonly Graph[])[];
}

/** Where members come from, and whether all of them must be there. */
interface Place {
  readonly tables: readonly NestTable[];
  readonly isFull: boolean;
}

/** An option of levels, beside mode and condition. */
export type NestOption = "missing" | "when" | "position" | "find" | "deletes";

/** What options are chosen from. */
interface Choice {
  readonly tables: readonly NestTable[];
  readonly options: readonly NestOption[];
}

/** Random loads of a shape, with these options of its levels. */
export function graphCases(
  shape: NestShape,
  options: readonly NestOption[],
): fc.Arbitrary<NestCase> {
  const choice = { tables: shape.tables, options };
  return variantsOf(shape.root, choice).chain((root) => {
    const place = { tables: shape.tables };
    const full = graphOf(root, { ...place, isFull: true });
    const any = graphOf(root, { ...place, isFull: false });
    // Each load begins with a record that has every member, so that no column is unknown to the plan.
    const records = fc
      .tuple(full, fc.array(any, { maxLength: 7 }))
      .map(([first, others]) => [first, ...others]);
    return fc.record({
      shape: fc.constant(shape),
      root: fc.constant(root),
      loads: fc.tuple(records, records),
    });
  });
}

/** The same load, with rows made that are only looked up else. */
export function making(root: Level): Level {
  const nests = root.nests.map((nest): Nest => {
    const { through } = nest;
    const made = through && { through: { ...through, mode: writing(through.mode) } };
    return { ...nest, ...making(nest), ...made };
  });
  return { ...root, mode: writing(root.mode), nests };
}

function writing(mode: Level["mode"]): Level["mode"] {
  return mode === "find" ? "upsert" : mode;
}

/** Random records of one level with everything below. */
function graphOf(level: Level, place: Place): fc.Arbitrary<Graph> {
  const taken = columnsTaken(level);
  const { columns: all, references = [] } = tableOf(level.table, place);
  const referring = new Set(references.flatMap((each) => each.columns));
  const columns = all
    .filter(({ name, generated }) => generated !== true && !taken.has(name) && !referring.has(name))
    .map((column) => memberOf(column.name, valueOf(column, level), place.isFull));
  const nests = level.nests.map((nest) =>
    memberOf(nest.member, nestedOf(nest, place), place.isFull),
  );
  const deletes = isNest(level) && level.deletes === true && !place.isFull;
  const marks = deletes ? [memberOf("op", fc.constantFrom("c", "d", "u", null), false)] : [];
  // Members of rows before columns or after them: it is all one.
  const parts = fc.tuple(...columns, ...nests, ...marks);
  return fc
    .tuple(parts, fc.boolean())
    .map(([members, isTurned]) =>
      withoutMark(level, Object.assign({}, ...(isTurned ? members.toReversed() : members))),
    );
}

/** A mark alone is a record of which no field has a column. */
function withoutMark({ nests }: Level, { op, ...graph }: Graph): Graph {
  const inside = new Set(nests.map(({ member }) => member));
  const isAlone = Object.keys(graph).every((name) => inside.has(name));
  return op === undefined || isAlone ? graph : { ...graph, op };
}

function nestedOf(nest: Nest, place: Place): fc.Arbitrary<Json> {
  const element = elementOf(nest, place);
  if (nest.relation === "object")
    return place.isFull ? element : fc.option<Json>(element, { freq: 8 });
  const elements = fc.array(element, { minLength: place.isFull ? 1 : 0, maxLength: 3 });
  return place.isFull ? elements : fc.option<Json>(elements, { freq: 12 });
}

function elementOf(nest: Nest, place: Place): fc.Arbitrary<Json> {
  if (nest.through === undefined) return graphOf(nest, place);
  const { table, column, mode } = nest.through;
  const behind = { table, key: [column], mode, nests: [] };
  if (place.isFull) return graphOf(behind, place);
  return fc.oneof(fc.constantFrom("a", "b", "c", "d"), graphOf(behind, place));
}

function memberOf(
  name: string,
  value: fc.Arbitrary<Json>,
  isFull: boolean,
): fc.Arbitrary<Readonly<Record<string, Json>>> {
  const present = value.map((each) => ({ [name]: each }));
  return isFull
    ? present
    : fc.oneof({ weight: 14, arbitrary: present }, { weight: 1, arbitrary: fc.constant({}) });
}

function valueOf(column: NestColumn, level: Level): fc.Arbitrary<Json> {
  const { key, mode } = level;
  const isKey = key.includes(column.name);
  const deletes = isNest(level) && level.deletes === true;
  const good = goodValue(column, isKey);
  const bad: Json[] = column.required === true ? [null] : [];
  // Where no row is there to update, databases find at different moments that a value is none of its column.
  // So they do with what a row is deleted by: SQLite finds no such row, others take no such text.
  if (mode !== "update" && !(isKey && deletes) && !TEXTS.has(column.type)) bad.push("x");
  if (column.below !== undefined) bad.push(column.below);
  const none = column.required === true ? [] : [{ weight: 6, arbitrary: fc.constant<Json>(null) }];
  return fc.oneof(
    { weight: 70, arbitrary: good },
    ...none,
    ...(bad.length === 0 ? [] : [{ weight: 1, arbitrary: fc.constantFrom(...bad) }]),
  );
}

/** Types that take any text, so short. */
const TEXTS: ReadonlySet<ColumnType> = new Set(["text", "caseless", "cut"]);

/** Few values, so that they meet: some of them are one to the database. */
const VALUES: Readonly<Record<Exclude<ColumnType, "int">, readonly Json[]>> = {
  text: ["a", "b", "c", "d"],
  caseless: ["a", "A", "b", "B", "c"],
  rounded: [1, "1.00", "1.004", "1.005", 1.01, 2],
  single: [16777216, "16777217", 0.1, "0.1", 16777218],
  cut: ["abc", "abc  ", "ab", "ab ", "abc "],
  bytes: ["00ff", "00FF", "4142", "4a4b", "4A4b"],
};

function goodValue({ type }: NestColumn, isKey: boolean): fc.Arbitrary<Json> {
  if (type === "int") return fc.integer(isKey ? { min: 1, max: 4 } : { min: 0, max: 3 });
  return fc.constantFrom(...VALUES[type]);
}

/** The level with random options, and so all below it. */
function variantsOf(level: Level, choice: Choice): fc.Arbitrary<Level> {
  const nests = fc.tuple(...level.nests.map((nest) => nestVariants(nest, choice)));
  return fc
    .tuple(
      fc.constantFrom(...modesOf(level, choice)),
      conditionOf(level.table, choice.tables),
      nests,
    )
    .map(([mode, where, below]) => ({
      ...level,
      mode,
      ...(where !== null && (mode === "upsert" || mode === "update") && { where }),
      nests: below,
    }));
}

function nestVariants(nest: Nest, choice: Choice): fc.Arbitrary<Nest> {
  const { options, tables } = choice;
  const { position, ...placed } = nest;
  const below = position !== undefined && options.includes("position") ? nest : placed;
  const found = options.includes("find") ? (["find"] as const) : [];
  const own = fc.record({
    missing: options.includes("missing")
      ? fc.constantFrom(...missingOf(nest, tables))
      : fc.constant<Missing>("keep"),
    when: options.includes("when")
      ? fc.constantFrom("always", "always", "written")
      : fc.constant("always" as const),
    deletes: options.includes("deletes") ? fc.boolean() : fc.constant(false),
    through: fc
      .constantFrom("upsert" as const, "ignore" as const, ...found)
      .map((mode) => nest.through && { ...nest.through, mode }),
  });
  const deleting = fc.tuple(variantsOf(below, choice), own);
  return deleting.map(([level, { missing, when, through, deletes }]) => ({
    ...below,
    ...level,
    ...(nest.relation === "array" && { missing, when }),
    ...(mayDelete(nest) && { deletes }),
    ...(through !== undefined && { through }),
  }));
}

/** A row of an array is deleted by its key; of a link table the element is another row. */
function mayDelete({ relation, key, through }: Nest): boolean {
  return relation === "array" && key.length > 0 && through === undefined;
}

function modesOf(level: Level, { options }: Choice): readonly Level["mode"][] {
  if (level.key.length === 0) return ["insert"];
  const finds = isNest(level) && level.relation === "object" && options.includes("find");
  return ["upsert", "upsert", "upsert", "ignore", "update", ...(finds ? (["find"] as const) : [])];
}

/** A condition where the table has a number of its own. */
function conditionOf(table: string, tables: readonly NestTable[]): fc.Arbitrary<Condition | null> {
  const found = tables
    .find(({ name }) => name === table)
    ?.columns.find(({ below }) => below !== undefined);
  if (found === undefined) return fc.constant(null);
  return fc.constantFrom(null, null, null, isMore(found.name));
}

function isMore(column: string): Condition {
  return {
    sql: `excluded.${column} > target.${column}`,
    holds: (target, incoming) => {
      const [old, next] = [target[column] ?? null, (incoming satisfies Row)[column] ?? null];
      return old !== null && next !== null && Number(next) > Number(old);
    },
  };
}

function missingOf(nest: Nest, tables: readonly NestTable[]): readonly Missing[] {
  if (nest.key.length === 0) return ["keep"];
  const columns = tables.find(({ name }) => name === nest.table)?.columns ?? [];
  const isFree = Object.keys(nest.link).every((column) =>
    columns.some(({ name, required }) => name === column && required !== true),
  );
  const number = columns.find(({ below, name }) => below !== undefined && !nest.key.includes(name));
  return [
    "keep",
    "keep",
    "delete",
    ...(isFree ? ["unlink" as const] : []),
    ...(number === undefined ? [] : [{ column: number.name, value: "7" }]),
  ];
}

function tableOf(name: string, { tables }: Place): NestTable {
  const found = tables.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
}

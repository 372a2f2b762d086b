/** The key of a level that names none: the primary key where its rows have it whole, else their one unique key. Pure. */
import type { LinkedColumns } from "../../model/nest/nest-plan.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";
import type { LevelOptions } from "../../options/nest/nest-levels.ts";
import type { Options } from "../../options/options.ts";
import { wholeKeys } from "../key/whole-keys.ts";
import { fieldResolver } from "../mapping/mapping.ts";

/** A level, as far as its key depends on it. */
export interface KeyedLevel extends Pick<LevelOptions, "options" | "isKeyed"> {
  readonly shape: TableShape;
  /** `null`: the first records have none. */
  readonly seen: { readonly fields: ReadonlySet<string> } | null;
}

/** The options of a level, its key included. */
export function levelOptions(level: KeyedLevel, linked: readonly LinkedColumns[]): Options {
  const { options, isKeyed, shape } = level;
  if (isKeyed || shape.kind === "view") return options;
  const columns = new Set([
    ...linked.flatMap((each) => each.columns.map(({ name }) => name)),
    ...filledColumns(level),
  ]);
  const whole = wholeKeys(shape, columns);
  const [only, ...others] = whole;
  const primary = whole.find((key) => key.primary);
  const key = primary ?? (others.length === 0 ? only : undefined);
  if (key === undefined) return options;
  return { ...options, key: key.columns.filter((name) => name !== null) };
}

/** The columns that members fill: of the first records or, where there are none, all that the database does not make. */
function filledColumns({ shape, options, seen }: KeyedLevel): string[] {
  const constants = (options.const ?? []).map(({ column }) => column);
  if (seen === null || seen.fields.size === 0)
    return shape.columns.filter(isGiven).map(({ name }) => name);
  const resolve = fieldResolver(shape, options);
  const filled = [...seen.fields].flatMap((field) => {
    const to = resolve(field);
    return to.kind === "column" ? [to.column.name] : [];
  });
  return [...filled, ...constants];
}

function isGiven({ identity, generatedSql, volatileDefault }: Column): boolean {
  return identity === null && generatedSql === null && !volatileDefault;
}

/** Columns of records that are set after the last one, where what is in the records depends on them. Pure. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import type { Options } from "../../options/options.ts";
import { levelName, levelsOf } from "../../options/nest/nest-levels.ts";

/** Throws `PLAN_LATE`. */
export function refuseLate(
  { late, table }: Pick<TablePlan, "late" | "table">,
  levels: readonly NestLevel[],
): void {
  if (late === undefined) return;
  for (const { path, parentAt, relation, links, whenWritten } of levels) {
    if (parentAt !== 0 || relation !== "array") continue;
    const name = levelName(path);
    const read = links.find(({ refersTo }) => late.columns.includes(refersTo.name))?.refersTo.name;
    if (read === undefined && !whenWritten) continue;
    const reason =
      read === undefined
        ? `the rows of ${name} are written where the row of ${table.name.name} is (when: written), and that is not known before`
        : `the rows of ${name} refer to ${read}, which is not known before`;
    const columns = read ?? late.columns.join(", ");
    throw upsurgeError(
      "PLAN_LATE",
      { columns, reason, suggestion: `leave ${columns} out of --late` },
      { where: "--late" },
    );
  }
}

/** Whether no level needs the column by the time its rows are written, as far as options tell. */
export function isFreeOfLevels(column: string, options: Options): boolean {
  if (options.nest === null) return true;
  return levelsOf(options).every(
    ({ parent, whenWritten, link, relation }) =>
      parent !== null ||
      (!whenWritten &&
        (relation === "object" || link?.some(({ refersTo }) => refersTo === column) !== true)),
  );
}

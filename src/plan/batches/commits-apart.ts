/** What a job cannot promise of a table whose rows another server commits. Pure. */
import type { TableShape } from "../../model/table-shape.ts";
import { isJob } from "../../options/is-job.ts";
import type { Options } from "../../options/options.ts";
import { tableLabel } from "../names.ts";

/** A warning where the table is on another server, and the load is a job: its checkpoint is here. */
export function apartWarnings(table: TableShape, options: Options): readonly string[] {
  if (table.kind !== "foreign" || !isJob(options)) return [];
  return [
    `${tableLabel(table)} is a foreign table: its server commits rows apart from the checkpoint of the job, so a failure between the two commits makes the next run load the records of one commit twice; load into the table itself, on its own server, for each record exactly once`,
  ];
}

/** The table that a load with `--create` would create for a file, as SQL: `upsurge inspect FILE --ddl`. Asks no server. */
import type { InspectedDdl } from "../model/report/inspection.ts";
import type { PlanSurroundings } from "../load/surroundings.ts";
import { withDefaultTable } from "../options/default-table.ts";
import type { Options } from "../options/options.ts";
import { newColumns } from "../plan/new-table/new-columns.ts";
import { refuseTableName } from "../plan/new-table/new-names.ts";
import { profileFor } from "../plan/values/field-columns.ts";
import { SourceSet } from "../sources/source-set.ts";
import { targetNamed } from "../targets/registry.ts";

const EVERY = (): boolean => true;

/** Reads the file to its end. Throws `UpsurgeError`s. */
export async function inspectDdl(
  source: string,
  options: Options,
  { stdin, signal }: PlanSurroundings,
): Promise<InspectedDdl> {
  const { ddl: dialect } = await targetNamed(options.ddl ?? "");
  const { table } = withDefaultTable({ ...options, create: true }, [source]);
  const name = dialect.nameOf(table ?? "new_table");
  refuseTableName(name, dialect, options);
  const sources = await SourceSet.first(source, { options, stdin });
  const profile = profileFor(options);
  const see = profile.see.bind(profile);
  try {
    const rules = { slowPath: false, hashed: false };
    const found = await sources.survey({ see, wants: EVERY, signal }, rules);
    const seen = { sources: found.fields, facts: profile.fields };
    const { columns, warnings } = newColumns({ name, shape: null, seen, options, dialect });
    const statements = [dialect.createTable({ name, columns })];
    return { kind: "ddl", name: source, records: profile.records, statements, warnings };
  } finally {
    await sources.close();
  }
}

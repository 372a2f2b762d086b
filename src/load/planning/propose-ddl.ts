/** What `--create` and `--alter` create before a load: looks at the records for types, and asks the target how to write them. */
import { plural } from "../../errors/format.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { KnownFields } from "../../model/header.ts";
import type { NewTable, TableDdl } from "../../model/new-table.ts";
import { keepsRows, KIND_NAMES } from "../../model/table-shape.ts";
import type { TableShape } from "../../model/table-shape.ts";
import { isJob } from "../../options/is-job.ts";
import type { RecordChunk } from "../../model/record.ts";
import type { Options } from "../../options/options.ts";
import { fieldResolver } from "../../plan/mapping/mapping.ts";
import { tableLabel } from "../../plan/names.ts";
import { newColumns } from "../../plan/new-table/new-columns.ts";
import type { SeenFields } from "../../plan/new-table/new-columns.ts";
import { refuseTableName } from "../../plan/new-table/new-names.ts";
import { OneDocument } from "./one-document.ts";
import { profileFor } from "../../plan/values/field-columns.ts";
import type { SourceSet } from "../../sources/source-set.ts";
import type { Session, Target } from "../../targets/target.ts";

/** What to create, and what a user should know of it. */
export interface ProposedDdl {
  readonly ddl: TableDdl;
  readonly why: string;
  readonly warnings: readonly string[];
}

/** What it is found out from. */
export interface DdlInputs {
  readonly target: Target;
  readonly session: Session;
  readonly sources: SourceSet;
  /** `null`: there is no table. */
  readonly shape: TableShape | null;
  readonly options: Options;
  readonly signal?: AbortSignal | undefined;
}

/** What is to be created; `null` when everything is there, or nothing is asked for. Throws the errors of `newColumns`. */
export async function proposeDdl(inputs: DdlInputs): Promise<ProposedDdl | null> {
  const { shape, options, session, target } = inputs;
  if (shape === null) {
    const name = await session.newTableName(options.table ?? "");
    refuseTableName(name, target.ddl, options);
    const { seen, from, document } = await survey(inputs, () => true);
    const { columns, warnings } = withErrors(
      (error) => document.withKey(error, inputs.sources, options),
      () => newColumns({ name, shape, seen, options, dialect: target.ddl }),
    );
    const table: NewTable = { name, columns };
    const statements = [target.ddl.createTable(table)];
    const why = `the table is created, with types from ${from}`;
    const ddl = { kind: "create", flag: "--create", table, statements } as const;
    return { ddl, why, warnings: [...warnings, ...document.warnings(inputs.sources, options)] };
  }
  if (!options.alter) return null;
  const { seen, from } = await survey(inputs, hasNewField(shape, options));
  const { name } = shape;
  const { columns } = newColumns({ name, shape, seen, options, dialect: target.ddl });
  if (columns.length === 0) return null;
  if (!keepsRows(shape)) throw notAlterable(shape);
  const table: NewTable = { name, columns };
  const statements = target.ddl.addColumns(table);
  const why = `${plural(columns.length, "column")} added, with types from ${from}`;
  return { ddl: { kind: "alter", flag: "--alter", table, statements }, why, warnings: [] };
}

/** Does `work`; an error that it throws is thrown as `explained` says. */
function withErrors<T>(explained: (error: unknown) => unknown, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explained(error);
  }
}

/** Whether a source may have a field that the table has no column for; of one whose fields are not known, it may. */
function hasNewField(
  shape: TableShape,
  options: Options,
): (
  source: Pick<KnownFields, "header"> & { readonly fields: readonly string[] | null },
) => boolean {
  const known = { ...options, map: options.map?.filter(({ column }) => column === null) ?? null };
  const resolve = fieldResolver(shape, { ...known, extraFields: "error" });
  return ({ fields, header }) =>
    options.map !== null ||
    fields === null ||
    fields.some((field, index) => resolve(field, header?.[index]).kind === "unknown");
}

async function survey(
  { sources, session, options, signal }: DdlInputs,
  wants: ReturnType<typeof hasNewField>,
): Promise<{ readonly seen: SeenFields; readonly from: string; readonly document: OneDocument }> {
  const profile = profileFor(options);
  const document = new OneDocument();
  const see = (chunk: RecordChunk): void => {
    profile.see(chunk);
    document.see(chunk);
  };
  const found = await sources.survey(
    { see, wants, signal },
    { slowPath: session.capabilities.acceptsPackedBatches !== true, hashed: isJob(options) },
  );
  const records = plural(profile.records, "record");
  const from = found.isWhole
    ? `all ${records}`
    : `the first ${records}, since a stream is read once`;
  return { seen: { sources: found.fields, facts: profile.fields }, from, document };
}

function notAlterable(shape: TableShape): Error {
  return upsurgeError(
    "PLAN_DDL",
    {
      what: `a column of ${tableLabel(shape)}`,
      reason: `it is a ${KIND_NAMES[shape.kind]}`,
      suggestion: "load into the table behind it, or leave --alter out",
    },
    { where: "--alter" },
  );
}

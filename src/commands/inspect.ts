/**
 * `inspect`: what a file, a table or a database is, before anyone loads anything. Reads only.
 * Guesses about a file's values are for people; a load asks the target's column types.
 */
import { keyFlag } from "../errors/key-flags.ts";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { HeaderField } from "../model/header.ts";
import type { SourceRecord } from "../model/record.ts";
import type { TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import type { PlanSurroundings } from "../load/surroundings.ts";
import { headerNotes, valueNotes } from "../plan/mapping/header-notes.ts";
import { nearTable } from "../plan/names.ts";
import { inspectDdl } from "./inspect-ddl.ts";
import { openAsSeen } from "./open-as-seen.ts";
import { FieldProfile } from "./field-profile.ts";
import { ValueSketch } from "../values/value-sketch.ts";
import type { Source } from "../sources/source-set.ts";
import { withSession } from "../load/with-session.ts";
import type { Session } from "../targets/target.ts";
import type {
  InspectedField,
  InspectedSource,
  InspectedKey,
  InspectedTable,
  InspectedDatabase,
  Inspection,
} from "../model/report/inspection.ts";

/** How many records are looked at. */
const SAMPLED = 1000;

/** Inspects `source`; when it is `null`, the table or the database that the options name. Throws `UpsurgeError`s. */
export async function inspect(
  source: string | null,
  options: Options,
  surroundings: PlanSurroundings,
): Promise<Inspection> {
  if (source === null) return await inspectTarget(options, surroundings);
  if (options.ddl !== null) return await inspectDdl(source, options, surroundings);
  const { source: opened, notes } = await openAsSeen(source, options, surroundings);
  try {
    const found = await inspectSource(opened, ValueSketch.of(options));
    return { ...found, notes: [...notes, ...found.notes] };
  } finally {
    await opened.close();
  }
}

async function inspectSource(source: Source, sketch: ValueSketch | null): Promise<InspectedSource> {
  const { profiles, profileOf } = fieldProfiles(source, sketch);
  const rejects: { code: string; line: number; message: string }[] = [];
  let sampled = 0;
  let complete = true;
  try {
    for await (const chunk of source.chunks()) {
      for (const { code, message, position } of chunk.rejects) {
        if (rejects.length < 10) rejects.push({ code, line: position.line[0], message });
      }
      for (const record of chunk.records.slice(0, SAMPLED - sampled)) seeRecord(profileOf, record);
      sampled += chunk.records.length;
      complete = sampled <= SAMPLED;
      if (sampled > SAMPLED) break;
    }
  } catch (error) {
    rejects.push(unreadable(error));
    complete = false;
  }
  sampled = Math.min(sampled, SAMPLED);
  const { name, format, compression, sizeBytes, header } = source;
  const numbered = new Map(
    (source.headerFields ?? [])
      .filter(({ key, name }) => key !== name)
      .map((field) => [field.key, field]),
  );
  const fields = [...profiles.values()].map((profile): InspectedField => {
    const result = profile.result(sampled);
    const field = numbered.get(result.name);
    return field === undefined ? result : { ...result, name: field.name, number: field.number };
  });
  const isEmpty = ({ number }: HeaderField): boolean => fields[number - 1]?.type === null;
  const notes = [
    ...(header?.taken === "names" ? valueNotes(source.headerFields ?? []) : []),
    ...headerNotes([...numbered.values()], isEmpty),
  ];
  return {
    kind: "source",
    name,
    format,
    compression,
    sizeBytes,
    header,
    sampled,
    complete,
    fields,
    notes,
    rejects,
  };
}

/** The profiles of the fields that are known, and how that of any field is found. */
function fieldProfiles(
  { fields }: Source,
  sketch: ValueSketch | null,
): {
  readonly profiles: ReadonlyMap<string, FieldProfile>;
  readonly profileOf: (name: string) => FieldProfile;
} {
  const profiles = new Map<string, FieldProfile>();
  const profileOf = (name: string): FieldProfile => {
    const profile = profiles.get(name) ?? new FieldProfile(name, sketch, fields === null);
    profiles.set(name, profile);
    return profile;
  };
  for (const name of fields ?? []) profileOf(name);
  return { profiles, profileOf };
}

function seeRecord(
  profileOf: (name: string) => FieldProfile,
  { shape, values, kinds }: SourceRecord,
): void {
  for (const [index, name] of shape.fields.entries()) {
    profileOf(name).see(values[index] ?? null, kinds?.[index] ?? "text");
  }
}

/** A quote that is not closed ends a source early; what comes before it can be described. */
function unreadable(error: unknown): InspectedSource["rejects"][number] {
  if (!(error instanceof UpsurgeError) || error.code !== "SOURCE_QUOTE") throw error;
  const { code, why, fix, details } = error;
  return { code, line: Number(details["line"]), message: `${why}; ${fix}` };
}

async function inspectTarget(
  options: Options,
  surroundings: PlanSurroundings,
): Promise<InspectedTable | InspectedDatabase> {
  return await withSession(options, surroundings, async (session, target) => {
    const head = { target, server: session.version };
    if (options.table === null) {
      return { kind: "database", ...head, tables: await session.listTables() };
    }
    const table = await session.readTableShape(options.table);
    if (table === null) throw await noTable(options.table, head.target, session);
    return { kind: "table", ...head, table, keys: inspectKeys(table) };
  });
}

async function noTable(table: string, target: string, session: Session): Promise<Error> {
  const near = nearTable(table, await session.listTables());
  const why = (await session.whyNoTable?.(table)) ?? {
    reason: `${target} has no table or view of that name`,
    fix: near === null ? "leave --table out to see all tables" : `did you mean ${near}?`,
  };
  return upsurgeError(
    "PLAN_NO_TABLE",
    { table, reason: why.reason, suggestion: why.fix },
    { where: `--table ${table}` },
  );
}

/** The keys of a table, each with the flag that names it. */
function inspectKeys(table: TableShape): InspectedKey[] {
  return table.uniqueKeys.map((key) => {
    const { name, keyExpressions: parts, predicate } = key;
    return { name, parts, predicate, ...keyFlag(key, table.uniqueKeys) };
  });
}

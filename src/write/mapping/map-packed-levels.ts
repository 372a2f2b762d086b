/** Maps packed records in packed records, level by level, where all of them are ordinary; what is not is left to `NestedMapper.map`. */
import type { PackedLevel, PackedNest } from "../../model/nest/packed-nest.ts";
import type { PackedFields } from "../../model/packed.ts";
import type { MappedLevel } from "./map-nested.ts";
import type { RecordMapper } from "./map-records.ts";

/** How the records in the members of others become rows, beside the members; `null`: one of them must be looked at by itself. */
export function packedLevels(
  { nested }: PackedFields,
  levels: readonly MappedLevel[],
  above: RecordMapper,
): (PackedLevel | null)[] | null {
  if (nested === undefined && levels.length > 0) return null;
  const mapped: (PackedLevel | null)[] = [];
  for (const own of levels) {
    const nest = nested?.[own.level.memberAt] ?? null;
    const level = nest === null ? null : packedLevel(nest, own, above);
    if (nest !== null && level === null) return null;
    mapped[own.level.memberAt] = level;
  }
  return mapped;
}

function packedLevel(
  nest: PackedNest,
  { level, mapper, below }: MappedLevel,
  above: RecordMapper,
): PackedLevel | null {
  const { fields, spans, holds } = nest;
  if (holds !== null && holds !== level.relation) return null;
  const isGuarded = level.links.some(({ column }) => above.guarded.has(column.name));
  // A null leaves the linking columns NULL, which a key may not be.
  if (level.relation === "object" && isGuarded && spans.includes(-1)) return null;
  if (fields.records === 0) return { shape: null, columns: [], fields, spans, nested: [] };
  const mapping = mapper.mapPacked(fields);
  // What is looked up by a level takes rows.
  if (mapping === null || mapping.columns.some(({ pending }) => pending !== undefined)) return null;
  const nested = packedLevels(fields, below, mapper);
  if (nested === null) return null;
  return { shape: mapping.shape, columns: mapping.columns, fields: mapping.fields, spans, nested };
}

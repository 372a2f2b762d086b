/** The rows that a load would write, as both reading paths bring them about. */
import * as fc from "fast-check";
import type { Batch, Row } from "../../../src/model/batch.ts";
import type { ColumnNotation, TablePlan } from "../../../src/model/load-plan.ts";
import { fieldBytes, ordAt } from "../../../src/model/packed.ts";
import type { PackedSlice } from "../../../src/model/packed.ts";
import type { RecordChunk } from "../../../src/model/record.ts";
import type { Reject } from "../../../src/model/reject.ts";
import type { Column, TypeFamily } from "../../../src/model/table-shape.ts";
import { fieldResolver } from "../../../src/plan/mapping/mapping.ts";
import { structureText } from "../../../src/targets/postgres/stage/structure-text.ts";
import type { Capabilities } from "../../../src/targets/capabilities.ts";
import { gatherBatches } from "../../../src/write/batches.ts";
import type { SourceEvent } from "../../../src/model/source-offset.ts";
import { RecordMapper } from "../../../src/write/mapping/map-records.ts";
import type { MapperContext } from "../../../src/write/mapping/map-records.ts";
import { hold, readPath } from "./compare-paths.ts";
import type { PathInput, PathRead } from "./compare-paths.ts";
import { ABLE, column, planFor, table, uniqueKey } from "../shapes.ts";

/** A table and a target, and how rows are readBatch. */
export interface PathTarget {
  readonly families: readonly TypeFamily[];
  readonly capabilities: Capabilities;
  readonly missingFields: MapperContext["missingFields"];
  readonly extraFields: "error" | "ignore";
  /** The column `a` is the key, and must not be NULL. */
  readonly keyed: boolean;
  readonly constant: boolean;
  readonly notations: NonNullable<TablePlan["notations"]>;
  readonly batchRows: number;
}

const COLUMNS = ["a", "b", "é", "d"];
const family = fc.oneof(
  { weight: 4, arbitrary: fc.constant<TypeFamily>("text") },
  { weight: 2, arbitrary: fc.constant<TypeFamily>("number") },
  {
    weight: 1,
    arbitrary: fc.constantFrom<TypeFamily[]>("boolean", "json", "array", "binary", "other"),
  },
);

/** Any target, of any abilities that matter to the mapping. */
export const pathTarget: fc.Arbitrary<PathTarget> = fc.record({
  families: fc.array(family, { minLength: COLUMNS.length, maxLength: COLUMNS.length }),
  capabilities: fc
    .record({
      storesNul: fc.boolean(),
      booleans: fc.constantFrom(null, { true: "1", false: "0" }, { true: "a", false: "NA" }),
      arrays: fc.boolean(),
    })
    .map(({ storesNul, booleans, arrays }) => ({
      ...ABLE,
      storesNul,
      ...(booleans === null ? {} : { booleans }),
      ...(arrays ? { structureText } : {}),
    })),
  missingFields: fc.constantFrom(null, null, null, "default", "null", "error"),
  extraFields: fc.constantFrom("ignore", "ignore", "ignore", "error"),
  keyed: fc.boolean(),
  constant: fc.boolean(),
  notations: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.subarray(["a", "b", "é"]).map((names) => {
        const number: ColumnNotation = { kind: "number", decimal: ",", thousands: "." };
        const date: ColumnNotation = { kind: "date", formats: ["%d.%m.%Y"] };
        const bytes: ColumnNotation = { kind: "bytes", encoding: "hex", prefix: "0x" };
        const kinds: Readonly<Record<string, ColumnNotation>> = { a: number, b: bytes, é: date };
        return Object.fromEntries(names.map((name) => [name, kinds[name] ?? number]));
      }),
    },
  ),
  batchRows: fc.oneof(fc.integer({ min: 1, max: 7 }), fc.constant(1000)),
});

/** Holds the rows of both paths equal; tells how many there are, and how many came packed. */
export async function compareRows(
  input: PathInput,
  target: PathTarget,
): Promise<{ readonly rows: number; readonly packed: number }> {
  const careful = await rowsOf(await readPath(input, true), target);
  const fast = await rowsOf(await readPath(input, false), target);
  hold(input, "values of rows", fast.rows, careful.rows);
  hold(input, "rejects", fast.rejects, careful.rejects);
  const rows = fast.batches.flatMap((batch) => batch.rows.map(shown));
  hold(
    input,
    "rows of batches",
    rows,
    careful.batches.flatMap((batch) => batch.rows.map(shown)),
  );
  for (const batch of fast.batches) holdNumbers(input, batch, target);
  return { rows: fast.rows.length, packed: fast.packed };
}

interface Rows {
  readonly batches: readonly Batch[];
  /** `ord`, names of columns and values of each row; of a packed batch by its bytes alone. */
  readonly rows: readonly (readonly unknown[])[];
  readonly rejects: readonly Reject[];
  readonly packed: number;
}

async function rowsOf({ chunks }: PathRead, target: PathTarget): Promise<Rows> {
  const batches: Batch[] = [];
  const rejects: Reject[] = [];
  const rows: unknown[][] = [];
  let packed = 0;
  for await (const readBatch of gatherBatches(pieces(chunks), mapperOf(target), target)) {
    const { batch } = readBatch;
    batches.push(batch);
    rejects.push(...readBatch.rejects);
    const packedRows = batch.packed === null ? (batch.mixed ?? []) : [batch.packed];
    if (packedRows.length === 0) {
      for (const { ord, shape, values } of batch.rows) rows.push([ord, shape.columns, values]);
      continue;
    }
    const found = packedRows.flatMap((own) =>
      own.slices
        .flatMap(valuesOf)
        .map((values, at): [number, ...unknown[]] => [ordAt(own, at), own.shape.columns, values]),
    );
    if (found.length !== batch.size) throw new Error("a packed batch is not of its size");
    rows.push(...found.toSorted(([a], [b]) => a - b));
    packed += found.length;
  }
  return { batches, rows, rejects, packed };
}

/** The values of a part's rows, as a target reads them. */
function valuesOf({ fields, from, to, columns }: PackedSlice): (string | null)[][] {
  const width = fields.shape.fields.length;
  return Array.from({ length: to - from }, (_, at) =>
    columns.map(({ field, constant }) =>
      field < 0 ? constant : (fieldBytes(fields, (from + at) * width + field)?.toString() ?? null),
    ),
  );
}

// What a packed batch leaves out: that the source wrote a number. It must not matter to the column.
function holdNumbers(
  input: PathInput,
  { packed, mixed, rows }: Batch,
  { families }: PathTarget,
): void {
  if (packed === null && mixed === undefined) return;
  for (const { numeric, shape } of rows) {
    shape.columns.forEach((name, at) => {
      const family = families[COLUMNS.indexOf(name)] ?? "text";
      const matters = numeric?.[at] === true && family !== "text" && family !== "number";
      hold(input, `a number in ${name}`, matters, false);
    });
  }
}

function shown({ ord, shape, values, numeric, record }: Row): unknown {
  const { position, raw } = record;
  return { ord, columns: shape.columns, values, numeric, position, raw: Buffer.from(raw) };
}

async function* pieces(chunks: readonly RecordChunk[]): AsyncGenerator<SourceEvent> {
  for (const chunk of chunks) yield { kind: "chunk", chunk, source: null };
}

function columnOf(name: string, family: TypeFamily): Column {
  const form = { kind: "array", element: { kind: "text" }, delimiter: "," } as const;
  return column(name, family === "array" ? { family, form } : { family });
}

/** Maps records to the rows of such a table. */
export function mapperOf(target: PathTarget): RecordMapper {
  const shape = table({
    columns: COLUMNS.map((name, at) => columnOf(name, target.families[at] ?? "text")),
    uniqueKeys: [uniqueKey(["a"])],
  });
  const plan: TablePlan = {
    ...planFor(shape, target.keyed ? { key: ["a"] } : { mode: "insert" }, { json: true }),
    notations: target.notations,
    constants: target.constant ? [{ column: "d", value: "c" }] : [],
  };
  const { capabilities, missingFields, extraFields } = target;
  const resolve = fieldResolver(shape, {
    map: null,
    extraFields,
    keepIdentity: false,
    lookup: null,
    value: null,
    const: null,
  });
  return new RecordMapper(plan, { resolve, capabilities, missingFields });
}

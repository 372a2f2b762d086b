/** PURE: from the table's shape, the source's fields and the options to the plan. No I/O, no names of databases. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Arbiter, LoadPlan, Mode, UpdateRule } from "../model/load-plan.ts";
import type { Column, TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import type { Capabilities } from "../targets/target.ts";
import { chooseArbiter } from "./arbiter.ts";
import { parseConstants } from "./constants.ts";
import { findCoupling } from "./coupling.ts";
import { explain, warnings } from "./explain.ts";
import {
  fieldResolver,
  mapFields,
  namedFields,
  refuseUnknownFields,
  whyReadOnly,
} from "./mapping.ts";
import { refuseMissing } from "./requirements.ts";
import { chooseRowSource, chooseStrategy, whyUncounted } from "./strategy.ts";
import { updateRule } from "./update-rule.ts";

/** Everything a plan is made from. */
export interface PlanRequest {
  readonly target: string;
  readonly shape: TableShape;
  readonly capabilities: Capabilities;
  readonly quoteIdentifier: (name: string) => string;
  readonly options: Options;
  /** The fields of the header, or of the sampled records. */
  readonly fields: readonly string[];
  /** Later records may carry fields that are not in `fields` (JSON). */
  readonly openFields: boolean;
}

/** The plan of a load. Throws `PLAN_*` errors; each names what to change. */
export function makePlan(request: PlanRequest): LoadPlan {
  const { shape, options, capabilities, quoteIdentifier } = request;
  const mode = chooseMode(options);
  const naming = { columns: shape.columns.map((column) => column.name), quoteIdentifier };
  const matchNulls = options.nullKey === "match";
  const { freeKeys } = capabilities;
  const arbiter = chooseArbiter(shape, { ...options, mode, matchNulls, freeKeys, quoteIdentifier });
  if (!request.openFields) refuseUnknownFields(request.fields, namedFields(options));
  const mapping = mapFields(shape, request.fields, fieldResolver(shape, options));
  const constants = parseConstants(shape, options, mapping);
  const update = updateRule(shape, { options, mode, arbiter, naming });
  refuseStampedKey(arbiter, update);
  const strategy = chooseStrategy(shape, capabilities, {
    asked: options.strategy,
    mode,
    arbiter,
    matchNulls: matchNulls && !indexMatchesNulls(shape, arbiter),
  });
  const rowSource = chooseRowSource(capabilities, options.rowSource);
  const named = new Set([...mapping, ...constants].map((each) => each.column));
  const columns = carriedColumns(request, named);
  const uncounted = strategy.chosen === "native" ? whyUncounted(shape, capabilities, mode) : null;
  const how = { mode, strategy: strategy.chosen, arbiter, update, columns, named };
  const found = findCoupling(shape, { ...request, ...how });
  const coupling = { ...found, rows: found.rows ?? uncounted };
  const given = new Set([...named, ...update.stamps.map((stamp) => stamp.column)]);
  refuseMissing(shape, { ...options, mode, arbiter, fields: request.fields, given });
  return {
    target: request.target,
    table: shape,
    mode,
    strategy: strategy.chosen,
    rowSource: rowSource.chosen,
    mapping,
    constants,
    columns,
    arbiter,
    update,
    nullKey: options.nullKey,
    keepIdentity: options.keepIdentity,
    coupling,
    looksFirst: uncounted !== null,
    batchRows: options.batchRows ?? capabilities.batchRows,
    lockTimeoutMs: options.lockTimeout,
    why: explain({ shape, mode, arbiter, strategy, rowSource, coupling }),
    warnings: warnings(shape, columns, request),
  };
}

function indexMatchesNulls({ uniqueKeys }: TableShape, arbiter: Arbiter | null): boolean {
  return uniqueKeys.some((key) => key.name === arbiter?.name && !key.nullsDistinct);
}

function refuseStampedKey(arbiter: Arbiter | null, { stamps }: UpdateRule): void {
  const stamp = stamps.find(({ column }) => arbiter?.columns.includes(column));
  if (stamp === undefined) return;
  throw upsurgeError("OPTION_CONFLICT", {
    flag: `--stamp "${stamp.column} = …"`,
    other: "a key that holds this column",
    reason: "a row is found by its key before anything is stamped",
  });
}

function chooseMode(options: Options): Mode {
  if (options.mode !== null) return options.mode;
  if (options.ignore) return "ignore";
  return options.key === null && options.constraint === null ? "insert" : "upsert";
}

/** The columns rows may carry: for JSON every writable one, since any record may bring another field. */
function carriedColumns(
  { shape, options, openFields }: PlanRequest,
  named: ReadonlySet<string>,
): Column[] {
  return shape.columns.filter((column) =>
    openFields ? whyReadOnly(column, options.keepIdentity) === null : named.has(column.name),
  );
}

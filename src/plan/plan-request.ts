/** Everything that a plan is made from, and what is known of the fields of its sources. */
import type { TablePlan } from "../model/load-plan.ts";
import type { TableDdl } from "../model/new-table.ts";
import type { Column, TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import type { Session } from "../targets/target.ts";
import type { Capabilities } from "../targets/capabilities.ts";
import type { LevelRequest } from "./nest/plan-nest.ts";
import type { LinkedColumns } from "../model/nest/nest-plan.ts";
import type { KnownFields } from "../model/header.ts";

/** Everything a plan is made from. */
export interface PlanRequest {
  readonly target: string;
  readonly shape: TableShape;
  readonly capabilities: Capabilities;
  /** What an answer of the server takes at least; absent: nothing worth speaking of. */
  readonly roundTripMs?: number | undefined;
  readonly quoteIdentifier: (name: string) => string;
  readonly options: Options;
  /** What the temporary tables are called after; absent: as those of a load by itself. */
  readonly stage?: string | undefined;
  /** The fields of the header, or of the sampled records; of all sources. */
  readonly fields: readonly string[];
  /** The same by source, and at their places; absent: one source without a header. */
  readonly sources?: readonly KnownFields[];
  /** No source has other fields than these; by default where `openFields` is false. */
  readonly allKnown?: boolean;
  /** Later records may carry fields that are not in `fields` (JSON). */
  readonly openFields: boolean;
  /** A source is a stream, which cannot be read again. */
  readonly readOnce?: boolean;
  /** The columns that are written; absent: all that fields fill. */
  readonly only?: readonly string[];
  /** What is made before the load; absent or `null`: nothing. */
  readonly ddl?: TableDdl | null;
  /** How the target empties a table; absent: it empties none. */
  readonly emptyTable?: Session["emptyTable"] | undefined;
  /** How the target takes rows away that no record has; absent: it takes none. */
  readonly removalSql?: Session["removalSql"] | undefined;
  /** The tables of look-ups, by the names that the options have for them. */
  readonly parents?: ReadonlyMap<string, TableShape> | undefined;
  /** The levels of records in records; absent: there are none. */
  readonly levels?: readonly LevelRequest[];
  /** The columns that take the key of a row of another level; absent: none. */
  readonly linked?: readonly LinkedColumns[];
  /** The columns that rows of other levels refer to; absent: none. */
  readonly referred?: readonly Column[];
  /** Its rows are only looked up; absent: they are written. */
  readonly finds?: true;
  /** Why the target cannot hash the keys of a plan; absent where it hashes none. */
  readonly whyUnhashable?: ((plan: TablePlan) => string | null) | undefined;
}

/** The fields of each source. */
export function sourcesOf({ fields, sources }: PlanRequest): readonly KnownFields[] {
  return sources ?? [{ source: null, fields, header: null }];
}

/** The fields of the sources, and whether that is all of them. */
export function knownOf(request: PlanRequest): {
  readonly known: readonly KnownFields[];
  readonly allKnown: boolean;
} {
  return { known: sourcesOf(request), allKnown: request.allKnown ?? !request.openFields };
}

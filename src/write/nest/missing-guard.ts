/**
 * Keeps loads from taking more rows away than may go, of those that records do not mention: they are counted over the load,
 * against the rows that its tables had before it. To be asked before anything is committed.
 */
import { formatCount, plural } from "../../errors/format.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { LevelCounts, LoadCounts } from "../../model/counts.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import { allowedRows, limitText, mayRemoveAll } from "../../model/removal.ts";
import type { RemovalLimit } from "../../model/load-plan.ts";
import { tableName } from "../../model/table-shape.ts";
import type { Session } from "../../targets/target.ts";

/** What it asks the database over. */
export type GuardSession = Pick<Session, "execute" | "missingSql">;

/** A table of which rows may go, by one level or by several. */
interface GuardedTable {
  readonly name: string;
  readonly plan: TablePlan;
  readonly limit: RemovalLimit;
  /** As messages call the first of its levels. */
  readonly level: string;
  /** The places of its levels among all of them. */
  readonly places: number[];
  /** Rows before the first run of the load; `null`: not counted yet. */
  scope: number | null;
  removed: number;
}

/** Lives through the transactions of a load. */
export class MissingGuard {
  readonly #tables: readonly GuardedTable[];

  /** `before`: what earlier runs of the job have counted. */
  constructor(
    tables: readonly TablePlan[],
    levels: readonly Pick<NestLevel, "at">[] = [],
    before?: LoadCounts,
  ) {
    const guarded = new Map<string, GuardedTable>();
    for (const [place, { at }] of levels.entries()) {
      const plan = tables[at];
      if (plan?.missing === undefined) continue;
      const { limit, level } = plan.missing;
      const name = tableName(plan.table.name);
      const removed = before?.levels?.[place]?.removed ?? 0;
      const known = guarded.get(name);
      if (known === undefined) {
        const scope = before?.scopes?.[name] ?? null;
        guarded.set(name, { name, plan, limit, level, places: [place], scope, removed });
      } else {
        known.places.push(place);
        known.removed += removed;
      }
    }
    this.#tables = [...guarded.values()];
  }

  /** Counts the rows of the tables, once; to be called before the first record is written. */
  async begin(session: GuardSession): Promise<void> {
    for (const table of this.#tables) {
      if (table.scope !== null) continue;
      const { rows } = await session.execute.run(session.missingSql(table.plan).scope);
      table.scope = Number(rows[0]?.["n"] ?? 0);
    }
  }

  /** What was counted with the rows of the tables: later runs of a job do not find these as they were. */
  scoped(counts: LoadCounts): LoadCounts {
    const known = this.#tables.flatMap(({ name, scope }) =>
      scope === null ? [] : [[name, scope]],
    );
    return known.length === 0 ? counts : { ...counts, scopes: Object.fromEntries(known) };
  }

  /** Takes what became of the rows of a batch. Throws `DELETE_LIMIT`: the transaction must not be committed. */
  take(levels: readonly LevelCounts[]): void {
    for (const table of this.#tables) {
      for (const place of table.places) table.removed += levels[place]?.removed ?? 0;
      const { removed, limit } = table;
      const scope = table.scope ?? 0;
      // Of a table that was empty only rows go that the load itself has made.
      if (scope === 0 || mayRemoveAll(limit) || removed <= allowedRows(limit, scope)) continue;
      throw tooMany(table, scope);
    }
  }
}

/** What is done to the rows, by the rule of their level. */
const CHANGES = { delete: "delete", unlink: "unlink", set: "change" } as const;

function tooMany({ name, plan, level, removed, limit }: GuardedTable, scope: number): Error {
  const isAll = removed >= scope;
  return upsurgeError(
    "DELETE_LIMIT",
    {
      flag: `missing of --nest ${level}`,
      change: CHANGES[plan.missing?.said ?? "delete"],
      missing: `at least ${formatCount(removed)}`,
      scope: plural(scope, "row"),
      table: name,
      reason: "no record mentions them",
      limit: isAll
        ? "all rows go only with --max-delete 100%"
        : `--max-delete allows ${limitText(limit)}`,
      allow: "100%",
    },
    {
      where: limit === null ? `--nest ${level}` : "--max-delete",
      fix: "see with --dry-run --max-delete 100% how many it would be; if they are meant, allow them with --max-delete; nothing of this transaction was kept",
    },
  );
}

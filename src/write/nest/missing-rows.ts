/**
 * Takes rows away that refer to the rows of records and that these do not mention, once what they mention is written: one
 * statement for all records that go together. What stands against it is at fault in its record.
 */
import type { Row, RowFault } from "../../model/batch.ts";
import type { RowOutcome } from "../../model/counts.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { MissingRule } from "../../model/nest/missing-rule.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import { TransactionAborted } from "../../targets/target.ts";
import type { Session } from "../../targets/target.ts";
import type { MissingKeys, MissingSql } from "../../targets/missing-sql.ts";
import { leavesFound } from "../found-rows.ts";
import { isUnclear, RecordsRepeat, repeatsIn } from "./families.ts";
import type { Family } from "./families.ts";
import { RecordsCoupled, valueIn } from "./link-finder.ts";
import type { LinkValue } from "./link-finder.ts";

/** What rows are taken away over. */
export type MissingSession = Pick<
  Session,
  "execute" | "missingSql" | "lookups" | "classify" | "rowFault"
>;

/** What became of a row whose array says which rows it has: a row that is not there, or was to be left alone, loses none. */
const LOSING: ReadonlySet<RowOutcome> = new Set(["inserted", "updated", "unchanged"]);

/** Whether a row of this table with this outcome loses what its array does not mention. */
export function loses(outcome: RowOutcome, plan: TablePlan): boolean {
  return LOSING.has(outcome) || (outcome === "ignored" && !leavesFound(plan));
}

/** Takes away the rows of one level. */
export class MissingTaker {
  readonly #plan: TablePlan;
  readonly #rule: MissingRule;
  readonly #level: NestLevel;
  readonly #levels: readonly NestLevel[];
  readonly #session: MissingSession;
  readonly #sql: MissingSql;

  private constructor(
    [plan, rule]: readonly [TablePlan, MissingRule],
    level: NestLevel,
    levels: readonly NestLevel[],
    session: MissingSession,
  ) {
    this.#plan = plan;
    this.#rule = rule;
    this.#level = level;
    this.#levels = levels;
    this.#session = session;
    this.#sql = session.missingSql(plan);
  }

  /** That of a level; `null`: its rows stay. */
  static of(
    level: NestLevel,
    {
      tables,
      levels,
    }: { readonly tables: readonly TablePlan[]; readonly levels: readonly NestLevel[] },
    session: MissingSession,
  ): MissingTaker | null {
    const plan = tables[level.at];
    if (plan?.missing === undefined) return null;
    return new MissingTaker([plan, plan.missing], level, levels, session);
  }

  /**
   * The families that are written together, each before those behind it. Throws `RecordsCoupled` and `RecordsRepeat` where
   * the records of a batch cannot be; `isOnly`: there is one record.
   */
  partsOf(families: readonly Family[], isOnly: boolean): readonly (readonly Family[])[] {
    const { apart } = this.#rule;
    const rows = families.flatMap((family) => family.rows);
    const isCoupled =
      apart !== null ||
      isUnclear(families, this.#level.links) ||
      this.#carriesWatched(rows, this.#level);
    if (isCoupled && !isOnly)
      throw new RecordsCoupled("rows that go may be those of other records");
    const repeats = repeatsIn(families);
    const isRepeated = repeats.cuts.size + repeats.alone.size > 0;
    if (isRepeated && !isOnly) throw new RecordsRepeat(repeats);
    return isCoupled || isRepeated ? families.map((family) => [family]) : [families];
  }

  /** Whether a row, or one in it, has a value of a key that rows which go may give up. */
  #carriesWatched(rows: readonly Row[], { at }: NestLevel): boolean {
    const columns = this.#rule.watched.get(at);
    if (columns === undefined) return false;
    if (columns.size > 0) {
      const shapes = new Set(rows.map(({ shape }) => shape));
      if ([...shapes].some((shape) => shape.columns.some((name) => columns.has(name)))) return true;
    }
    return this.#levels
      .filter((each) => each.parentAt === at && each.relation === "array")
      .some((each) =>
        this.#carriesWatched(
          rows.flatMap((row) => row.nested?.[each.memberAt] ?? []),
          each,
        ),
      );
  }

  /** Takes the rows away that these families have and that are none of `written`: how many, or what stands against it. */
  async take(families: readonly Family[], written: readonly Row[]): Promise<number | RowFault> {
    const losing = families.filter((family) => family.loses);
    const last = losing.at(-1);
    if (last === undefined) return 0;
    const mentioned: (readonly LinkValue[])[] = [];
    for (const row of written) {
      const key = this.#rule.keys.map(({ name }) => valueIn(row, name));
      if (key.includes(null)) return this.#unknown(row);
      mentioned.push(key.filter((value) => value !== null));
    }
    const { sql, values } = this.#sql.take(keysOf(losing.map(({ key }) => key)), keysOf(mentioned));
    try {
      return (await this.#session.execute.run(sql, values)).changed;
    } catch (error) {
      if (this.#session.classify(error) !== "row") throw error;
      const fault = this.#refused(last.parent, error);
      if (this.#session.lookups.endsTransaction !== true) return fault;
      throw new TransactionAborted(
        fault.message,
        losing.map(({ parent }) => parent),
        fault,
      );
    }
  }

  /** It is that of the record, at the place of its array. */
  #refused(parent: Row, error: unknown): RowFault {
    const name = this.#level.path.at(-1) ?? "";
    const place = { above: parent.record.place ?? null, name, index: null };
    const row = { ...parent, root: parent.root ?? parent, record: { ...parent.record, place } };
    const fault = this.#session.rowFault(row, error, this.#plan.table);
    const isReferred = this.#rule.said === "delete" && fault.code === "ROW_FOREIGN_KEY";
    const what = { delete: "deleted", unlink: "unlinked", set: "changed" }[this.#rule.said];
    return {
      ...fault,
      code: isReferred ? "ROW_REFERENCED" : fault.code,
      message: `a row that the record does not mention cannot be ${what}: ${fault.message}`,
    };
  }

  #unknown(row: Row): RowFault {
    const names = this.#rule.keys.map(({ name }) => name).join(", ");
    return {
      row,
      code: "ROW_NEST_KEY",
      dbCode: null,
      column: this.#rule.keys.find(({ name }) => valueIn(row, name) === null)?.name ?? null,
      constraint: null,
      message: `the row does not have its whole key (${names}), by which a row that a record mentions is known from those that go`,
    };
  }
}

function keysOf(keys: readonly (readonly LinkValue[])[]): MissingKeys {
  return {
    texts: keys.map((key) => key.map(({ text }) => text)),
    numbers: keys.map((key) => key.map(({ isNumber }) => isNumber)),
  };
}

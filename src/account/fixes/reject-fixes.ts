/**
 * The fix of a rejected record: the one table, reject code × what is known of the record. Each entry names a flag that helps,
 * or tells nothing (`null`); then the words of `errors/row-codes.ts` count.
 */
import { ROW_CODES } from "../../errors/row-codes.ts";
import { shellWord } from "../../errors/shell-word.ts";
import { levelFix } from "../../model/nest/level-fix.ts";
import { levelOf } from "../../model/nest/nesting.ts";
import type { Reject, RowCode } from "../../model/reject.ts";
import type { FixOptions, FixSource, FixTarget, KnownReject } from "./known-reject.ts";
import { jsonFix, notObjectFix } from "./json-fixes.ts";
import { lookupFix, severalFix } from "./lookup-fixes.ts";
import { encodingFix, fieldCountFix, quotesFix } from "./read-fixes.ts";
import { lengthFix, notNullFix, nullKeyFix, rangeFix, typeFix } from "./value-fixes.ts";
import { checkFix, foreignKeyFix, uniqueFix, unknownFieldFix } from "./write-fixes.ts";

type Fix = (known: KnownReject) => string | null;

const FIXES: Readonly<Partial<Record<RowCode, Fix>>> = {
  ROW_ENCODING: encodingFix,
  ROW_QUOTES: quotesFix,
  ROW_FIELD_COUNT: fieldCountFix,
  ROW_JSON: jsonFix,
  ROW_NOT_OBJECT: notObjectFix,
  ROW_UNKNOWN_FIELD: unknownFieldFix,
  ROW_NULL_KEY: nullKeyFix,
  ROW_TYPE: typeFix,
  ROW_RANGE: rangeFix,
  ROW_LENGTH: lengthFix,
  ROW_NOT_NULL: notNullFix,
  ROW_CHECK: checkFix,
  ROW_UNIQUE: uniqueFix,
  ROW_FOREIGN_KEY: foreignKeyFix,
  ROW_LOOKUP: lookupFix,
  ROW_LOOKUP_SEVERAL: severalFix,
};

/** Knows what a load knows of its rejects. */
export class RejectFixes {
  readonly #options: FixOptions;
  readonly #sources = new Map<string, FixSource>();
  #target: FixTarget | null = null;

  constructor(options: FixOptions) {
    this.#options = options;
  }

  /** A source is about to be read. */
  reads(source: FixSource): void {
    this.#sources.set(source.name, source);
  }

  /** The load is planned. */
  planned(target: FixTarget): void {
    this.#target = target;
  }

  /** The fix of the record. */
  of(reject: Reject): string {
    const source = this.#sources.get(reject.position.source) ?? null;
    const { place } = reject;
    if (place === undefined) {
      const known = { reject, options: this.#options, source, target: this.#target };
      return FIXES[reject.code]?.(known) ?? ROW_CODES[reject.code].fix;
    }
    const path = levelOf(place);
    const known = { reject, source, ...this.#onLevel(path) };
    return levelFix(path.join("."), FIXES[reject.code]?.(known) ?? ROW_CODES[reject.code].fix);
  }

  /** The table of a level, and the options as they are there: its key is its own. */
  #onLevel(path: readonly string[]): Pick<KnownReject, "options" | "target"> {
    const name = JSON.stringify(path);
    const level = this.#target?.levels?.find((each) => JSON.stringify(each.path) === name);
    if (this.#target === null || level === undefined)
      return { options: this.#options, target: null };
    const { arbiter, keyOrigin, nullKey } = level.plan;
    const isNamed = arbiter !== null && keyOrigin !== "default";
    const key = isNamed ? arbiter.columns : null;
    const options = { ...this.#options, key, constraint: null, nullKey };
    return { options, target: { ...this.#target, plan: level.plan } };
  }

  /** The fix of the record at which the load stops. What was compressed proves to be sound only at its end. */
  whereItStops(reject: Reject): string {
    const fix = this.of(reject);
    const source = this.#sources.get(reject.position.source);
    const compression = source?.compression ?? null;
    if (reject.stage === "write" || source === undefined || compression === null) return fix;
    const test =
      source.name === "-" ? "" : `: test it with \`${compression} -t ${shellWord(source.name)}\``;
    return `the source is compressed, was not read to its end, and may be damaged${test}; if it is sound, ${fix}`;
  }
}

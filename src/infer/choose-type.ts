/**
 * The type of a new column, from what is known of its values: the narrowest that keeps each of them, and text where none
 * does. What a target keeps, its rules say. Pure.
 */
import { CLASS_BITS } from "../model/column-facts.ts";
import type { ColumnFacts, NumberFacts, ValueClass } from "../model/column-facts.ts";
import { BOTH_CASES } from "./words.ts";
import type { PlainKind, TypeRules, ValueType } from "../model/new-table.ts";

/** A double keeps all decimals of so many digits. */
const DOUBLE_DIGITS = 15;
/** Powers of ten far from where the range of doubles ends or their precision shrinks. */
const LEAST_POWER = -290;
const MOST_POWER = 300;

/**
 * The type of a column with these values. In a key no two texts may become equal by it: rows would be taken for one.
 */
export function chooseType(facts: ColumnFacts, rules: TypeRules, isKey: boolean): ValueType {
  const chosen = typed(facts, rules);
  if (chosen !== null && (!isKey || staysDistinct(chosen, facts))) return chosen;
  return { kind: "text", longest: facts.longestUnits };
}

function typed(facts: ColumnFacts, rules: TypeRules): ValueType | null {
  const { classes, numbers } = facts;
  if (has(classes, "json")) {
    return facts.plainText || facts.hugeJsonNumber ? null : plain("json", rules);
  }
  if (consistsOf(classes, ["integer"])) return { kind: "integer" };
  if (consistsOf(classes, ["integer", "decimal"])) return decimalType(numbers, rules);
  if (consistsOf(classes, ["integer", "decimal", "exponent"])) {
    return fitsDouble(numbers) ? plain("double", rules) : null;
  }
  if (consistsOf(classes, ["boolean"])) return plain("boolean", rules);
  if (consistsOf(classes, ["date"])) return plain("date", rules);
  if (consistsOf(classes, ["uuid"])) return plain("uuid", rules);
  const { fraction, lacksSeconds } = facts.times;
  if (fraction > rules.fraction || (lacksSeconds && rules.needsSeconds)) return null;
  if (consistsOf(classes, ["timestamp"])) return plain("timestamp", rules);
  return consistsOf(classes, ["timestamptz"]) ? plain("timestamptz", rules) : null;
}

function has(classes: number, each: ValueClass): boolean {
  return (classes & CLASS_BITS[each]) !== 0;
}

/** Whether there are values, all of these classes. */
function consistsOf(classes: number, allowed: readonly ValueClass[]): boolean {
  const mask = allowed.reduce((sum, each) => sum | CLASS_BITS[each], 0);
  return classes !== 0 && (classes & ~mask) === 0;
}

function plain(kind: PlainKind, rules: TypeRules): ValueType | null {
  return rules.kinds.has(kind) ? { kind } : null;
}

function decimalType(numbers: NumberFacts, { decimal }: TypeRules): ValueType | null {
  const { whole, scale, significant } = numbers;
  const fits =
    whole <= decimal.whole &&
    scale <= decimal.scale &&
    whole + scale <= decimal.total &&
    significant <= decimal.significant;
  if (!fits || (!decimal.keepsZeros && looksLikeCodes(numbers))) return null;
  return { kind: "decimal", whole, scale };
}

/**
 * Numbers like 1.9 and 1.10, as versions and sections have them: the zero is a part of the name, and no number of digits
 * for the whole column would give it back. Amounts have the same digits all, save 0 perhaps, and 1.0 is how programs write a
 * whole number.
 */
function looksLikeCodes({ endsInLongZero, fewestAfterPoint, scale }: NumberFacts): boolean {
  return endsInLongZero && fewestAfterPoint >= 0 && fewestAfterPoint !== scale;
}

function fitsDouble({ whole, scale, significant, leastPower, mostPower }: NumberFacts): boolean {
  if (significant > DOUBLE_DIGITS || whole > MOST_POWER || scale > -LEAST_POWER) return false;
  return leastPower >= LEAST_POWER && mostPower <= MOST_POWER;
}

/** Whether values that differ as texts differ as values of the type. */
function staysDistinct({ kind }: ValueType, { numbers, times, uuidCases }: ColumnFacts): boolean {
  if (kind === "double" || kind === "json") return false;
  if (kind === "decimal") return !numbers.endsInZero || numbers.fewest === numbers.scale;
  if (kind === "timestamp" || kind === "timestamptz") return !times.mixed;
  return kind !== "uuid" || uuidCases !== BOTH_CASES;
}

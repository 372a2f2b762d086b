/** Reads `missing`, an option of levels: what becomes of rows that a record does not mention. Needs no database. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { COLUMN_EXPRESSION } from "../grammar.ts";
import type { ColumnExpression } from "../grammar.ts";
import type { GivenEntry, GivenNest } from "./nest-grammar.ts";

/** What becomes of them; they are deleted, or lose their link, or are changed. */
export type GivenMissing =
  | { readonly kind: "delete" | "unlink" }
  | { readonly kind: "set"; readonly sets: readonly ColumnExpression[] };

/** `set "deleted_at = now()"`: the quotes may be left out. */
const SET = /^set\s+(?:"([^]*)"|'([^]*)'|([^"'\s][^]*))$/;

/** The names of what becomes of them, for completion and for messages. */
const EXPECTED = 'keep, delete, unlink, or set "column = expression"';

/** Whether a level of these says that rows go; what it says may be wrong. */
export function takesRows(nest: readonly GivenNest[] | null): boolean {
  const members = (nest ?? []).flatMap((each) => each.members);
  return members.some(({ entries }) => {
    const entry = entries.get("missing");
    return entry !== undefined && !(entry.kind === "texts" && entry.texts.join() === "keep");
  });
}

/** What was said; `null`: they stay. Throws `OPTION_VALUE`. */
export function missingOf(entry: GivenEntry | undefined, where: string): GivenMissing | null {
  if (entry === undefined) return null;
  const texts = entry.kind === "texts" ? entry.texts : entry.pairs.map((pair) => pair.join(" "));
  const [only = "", ...others] = texts.map((text) => text.trim());
  if (others.length === 0 && only === "keep") return null;
  if (others.length === 0 && (only === "delete" || only === "unlink")) return { kind: only };
  const sets = texts.map(setOf);
  if (sets.every((each) => each !== null)) return { kind: "set", sets };
  throw upsurgeError(
    "OPTION_VALUE",
    { flag: `${where}: missing`, value: `'${texts.join(", ")}'`, expected: EXPECTED },
    { where, fix: 'write missing: delete, or missing: set "deleted_at = now()"' },
  );
}

function setOf(text: string): ColumnExpression | null {
  const [, double, single, bare] = SET.exec(text.trim()) ?? [];
  const given = double ?? single ?? bare;
  return given === undefined ? null : COLUMN_EXPRESSION.parse(given);
}

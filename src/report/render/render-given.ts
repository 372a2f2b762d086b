/** Where the options of a plan come from, as text: those that no flag gives. */
import { shellWord } from "../../errors/shell-word.ts";
import type { GivenElsewhere } from "../../model/report/plan-report.ts";

/** SQL may be long; the plan has it elsewhere in full. */
const SHOWN = 60;

/** A row for each option: as it would be typed, and where it comes from. */
export function givenRows(given: readonly GivenElsewhere[]): string[][] {
  return given.map(({ flag, values, where }) => [[flag, ...values.map(word)].join(" "), where]);
}

/** Of several loads: what is said of all of them once, and of one with its table. */
export function givenRowsOf(
  ofRun: readonly GivenElsewhere[],
  loads: readonly { readonly table: string; readonly given: readonly GivenElsewhere[] }[],
): string[][] {
  const common = givenRows(ofRun);
  const seen = new Set(common.map(String));
  const tables = new Map<string, { row: string[]; tables: string[] }>();
  for (const { table, given } of loads) {
    for (const row of givenRows(given)) {
      const key = String(row);
      if (seen.has(key)) continue;
      const known = tables.get(key) ?? { row, tables: [] };
      tables.set(key, { row, tables: [...known.tables, table] });
    }
  }
  const own = [...tables.values()].map((each) => [
    ...each.row,
    each.tables.length === loads.length ? "" : each.tables.join(", "),
  ]);
  return [...common, ...own];
}

function word(text: string): string {
  return shellWord(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

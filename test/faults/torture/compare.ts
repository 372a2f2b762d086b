/** Compares tables, and says of what differs whether it was lost, doubled or reordered. */
import type { TableRow } from "./expected.ts";

type FoundRow = readonly (string | null)[];

/** So many differences tell enough. */
const MOST = 8;

/** What differs between the table as it must be and as it is; both by key. */
export function compareTable(wanted: readonly TableRow[], found: readonly FoundRow[]): string[] {
  const rows = new Map(found.map((row) => [row[0], row]));
  const wrong: string[] = [];
  for (const row of wanted) {
    const [k, n, hist, q, note] = row;
    const there = rows.get(k);
    rows.delete(k);
    if (there === undefined) {
      wrong.push(`lost: the row of key ${k}, which is to have the records ${hist}`);
      continue;
    }
    if (there[2] !== hist) wrong.push(compareHistories(k, hist, there[2] ?? ""));
    if (there[1] !== n) wrong.push(`sum: key ${k} has n ${there[1]} instead of ${n}`);
    if (there[3] !== q || there[4] !== note) {
      wrong.push(`values: key ${k} has ${JSON.stringify(there)} instead of ${JSON.stringify(row)}`);
    }
  }
  for (const k of rows.keys()) wrong.push(`row: key ${k} is in the table and in no source`);
  return shortened(wrong);
}

function compareHistories(k: string, wanted: string, found: string): string {
  const [should, is] = [wanted.split(","), found.split(",")];
  const doubled = is.filter((record, at) => is.indexOf(record) !== at);
  if (doubled.length > 0) return `doubled: key ${k} has ${doubled.join(", ")} twice`;
  const lost = should.filter((record) => !is.includes(record));
  if (lost.length > 0) return `lost: key ${k} is without ${lost.join(", ")}`;
  return `reordered: key ${k} has ${found} instead of ${wanted}`;
}

/** What differs in what the triggers have written down. */
export function compareAudit(
  wanted: readonly (readonly string[])[],
  found: readonly FoundRow[],
): string[] {
  const wrong: string[] = [];
  if (found.length !== wanted.length) {
    wrong.push(`audit: ${found.length} changes instead of ${wanted.length}`);
  }
  for (const [at, [k, hist]] of wanted.entries()) {
    const [foundKey, foundHist] = found[at] ?? [];
    if (foundKey === k && foundHist === hist) continue;
    wrong.push(
      `audit: change ${at + 1} is ${foundKey}: ${foundHist} instead of ${k}: ${hist}; ${compareHistories(String(k), String(hist), String(foundHist))}`,
    );
    break;
  }
  return wrong;
}

function shortened(wrong: readonly string[]): string[] {
  if (wrong.length <= MOST) return [...wrong];
  return [...wrong.slice(0, MOST), `and ${wrong.length - MOST} more`];
}

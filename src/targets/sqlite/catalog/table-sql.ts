/** Reads out of `create table` and `create trigger` texts what no pragma tells. */
import type { Trigger } from "../../../model/table-shape.ts";
import {
  closingBracket,
  firstBracket,
  isKeyword,
  sourceOf,
  splitBracket,
  solidTokens,
} from "../../../sql/tokens.ts";
import type { Token } from "../../../sql/tokens.ts";

/** What a column's definition says besides its type. */
export interface ColumnSql {
  readonly collation: string | null;
  /** The expression of a generated column. */
  readonly generated: string | null;
}

/** What a table's definition says. */
export interface TableSql {
  /** By column name in lower case. */
  readonly columns: ReadonlyMap<string, ColumnSql>;
  readonly checked: boolean;
  /** A foreign key is checked no sooner than at the commit. */
  readonly deferred: boolean;
  /** A constraint says itself what a violation does: ON CONFLICT IGNORE and the like. */
  readonly resolves: boolean;
}

const TABLE_CONSTRAINTS = ["constraint", "primary", "unique", "check", "foreign"];

/** Parses a `create table` text. */
export function parseTable(sql: string): TableSql {
  const tokens = solidTokens(sql, true);
  const open = firstBracket(tokens);
  const columns = new Map<string, ColumnSql>();
  for (const item of open < 0 ? [] : splitBracket(tokens, open)) {
    const [first] = item;
    if (first === undefined || TABLE_CONSTRAINTS.some((word) => isKeyword(first, word))) continue;
    columns.set(first.name.toLowerCase(), parseColumn(sql, item));
  }
  return {
    columns,
    checked: tokens.some((token) => isKeyword(token, "check")),
    deferred: tokens.some((token) => isKeyword(token, "deferred")),
    resolves: tokens.some(
      (token, at) => isKeyword(token, "on") && isKeyword(tokens[at + 1], "conflict"),
    ),
  };
}

function parseColumn(sql: string, item: readonly Token[]): ColumnSql {
  const [first] = item;
  const here = (at: number): Token | undefined =>
    item[at]?.depth === first?.depth ? item[at] : undefined;
  const collate = item.findIndex((_, at) => at > 0 && isKeyword(here(at), "collate"));
  const as = item.findIndex(
    (_, at) => at > 0 && isKeyword(here(at), "as") && here(at + 1)?.text === "(",
  );
  const inside = item.slice(as + 2, closingBracket(item, as + 1));
  return {
    collation: collate < 0 ? null : (item[collate + 1]?.name ?? null),
    generated: as < 0 ? null : sourceOf(sql, inside),
  };
}

/** Parses a `create trigger` text; SQLite knows row triggers only. */
export function parseTrigger(name: string, sql: string): Trigger {
  const tokens = solidTokens(sql, true);
  const begin = tokens.findIndex((token) => isKeyword(token, "on"));
  const head = tokens.slice(0, begin < 0 ? tokens.length : begin);
  // The name itself may be the word `after`: look no further back than behind it.
  const named = head.findIndex((token) => token.name.toLowerCase() === name.toLowerCase());
  const words = head.slice(named + 1);
  const event = (["insert", "update", "delete"] as const).find((word) =>
    words.some((token) => isKeyword(token, word)),
  );
  const timing = isKeyword(words[0], "after")
    ? "after"
    : isKeyword(words[0], "instead")
      ? "instead"
      : "before";
  return { name, timing, level: "row", events: event === undefined ? [] : [event] };
}

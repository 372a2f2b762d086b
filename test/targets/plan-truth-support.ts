/** What of the statements of a load is held against those that `upsurge plan` prints, and how they are made alike. */
import type { Engine } from "../helpers/engines.ts";

/** A statement that is printed, and when it runs; `null`: always. */
export interface Printed {
  readonly sql: string;
  readonly when: string | null;
}

/** Takes what is printed apart. */
export function readPrinted(text: string, engine: Engine["name"]): Printed {
  const [, when = null, sql = text] = /^-- ([^\n]*)\n(.*)$/s.exec(text) ?? [];
  return { sql: SPELLINGS[engine].alike(sql), when };
}

/**
 * The statements of a load that bring rows to the server, meet rows of the table or write them. `each`: rows go one at a time by
 * plan; else what takes rows one at a time, after one was refused, and what folds repeats is left out.
 */
export function writtenBy(
  log: readonly string[],
  engine: Engine["name"],
  each: boolean,
): ReadonlySet<string> {
  const { statements, alike } = SPELLINGS[engine];
  return new Set(statements(log, each).map(alike));
}

/** Whether a printed statement is one of those. */
export function isWritten({ sql }: Printed, engine: Engine["name"]): boolean {
  return SPELLINGS[engine].counts(sql);
}

interface Spelling {
  readonly statements: (log: readonly string[], each: boolean) => readonly string[];
  readonly counts: (sql: string) => boolean;
  /** Without what depends on the batch at hand. */
  readonly alike: (sql: string) => string;
}

/** Without what a block does with a statement. */
function pieces(block: string): string[] {
  return block.split(/;\n|\b(?:then|begin|loop|begin try)\n/i).map((piece) =>
    piece
      .trim()
      .replace(/^(?:else|elsif [^\n]*|if [^\n]*)\n/i, "")
      .replace(
        / into upsurge_inserted$|\ninto upsurge_matched, upsurge_skipped, upsurge_unchanged$/,
        "",
      )
      .trim(),
  );
}

/** A statement for several rows is one for each. */
function oneTuple(sql: string): string {
  return sql.replace(
    /( values \([^()]*(?:\([^()]*\)[^()]*)*\))(?:, \([^()]*(?:\([^()]*\)[^()]*)*\))+/i,
    "$1",
  );
}

const POSTGRES: Spelling = {
  counts: (sql) =>
    /^(?:with upsurge_written|copy|insert|update|delete|merge|select count\(\*\)(?: as matched| filter))/.test(
      sql,
    ) &&
    /"public"\.|pg_temp\.upsurge_(?:stage|raw)/.test(sql) &&
    !/^(?:delete from|insert into) pg_temp\.upsurge_(?:fault|seen|stage;|stage$)/.test(sql),
  statements: (log, each) =>
    log
      .flatMap((sql) => (sql.startsWith("do $") ? (each ? pieces(sql) : []) : [sql]))
      .filter(
        (sql) => POSTGRES.counts(sql) && (each || !/^\w+ (?:into )?pg_temp\.upsurge_raw/.test(sql)),
      ),
  alike: (sql) =>
    oneTuple(sql)
      .replaceAll(/\$\d+::/g, "$0::")
      // A batch is copied with the shapes of its rows, and as text, where it was not packed; values in other spellings go as text.
      .replace(/^(copy \S+ \()"?upsurge_ord"?, (?:"?upsurge_shape"?, )?/, "$1upsurge_ord, ")
      .replace(/^(copy .* from stdin).*$/, "$1")
      .replaceAll(/excluded\.upsurge_shape = \d+/g, "true")
      .replaceAll(/excluded\.upsurge_ord (?:= any|<> all) \(\$\d+::bigint\[\]\)/g, "true")
      .replaceAll(/ and target\.(?:"[^"]+"|\w+) between \$1 and \$2/g, "")
      .replaceAll("\nwhere true and true", "")
      .replaceAll("\nwhere true", "")
      .replaceAll(" where true and true order", " order")
      .replaceAll(" where true order", " order")
      .replaceAll("true and true and ", "")
      .replaceAll("true and ", "")
      .replaceAll(" and (true)", "")
      .replaceAll(/\(select \* from (\S+) as excluded where true(?: and true)?\)/g, "$1"),
};

const SQLITE: Spelling = {
  counts: (sql) => /^(?:insert|replace|update|delete|select .* as holds, )/s.test(sql),
  statements: (log) => log.filter(SQLITE.counts),
  alike: oneTuple,
};

const SQL_SERVER: Spelling = {
  counts: (sql) =>
    sql.startsWith("insert bulk") ||
    (/^(?:insert into|update|delete|merge|select @matched)\b/i.test(sql) &&
      /\[dbo\]\.|into #upsurge_(?:stage|raw)/i.test(sql) &&
      !/^(?:update excluded|insert into #upsurge_fault|delete from #)/i.test(sql)),
  statements: (log, each) =>
    // The plan is checked first, and what the check did is taken back.
    log
      .slice(log.findIndex((sql) => sql.startsWith("IF @@TRANCOUNT > 0 ROLLBACK")) + 1)
      .filter((sql) => each || !sql.includes("WHILE @ord"))
      .flatMap(pieces)
      .filter(SQL_SERVER.counts),
  alike: (sql) =>
    sql
      .replace(/( VALUES )\(.*$/s, "$1…")
      .replaceAll(/upsurge_shape = \d+(?: and upsurge_wave = \d+)?/g, "upsurge_shape = 0"),
};

const SPELLINGS: Readonly<Record<Engine["name"], Spelling>> = {
  postgres: POSTGRES,
  sqlite: SQLITE,
  sqlserver: SQL_SERVER,
};

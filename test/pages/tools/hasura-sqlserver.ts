/** The rows of `docs/howto/from-hasura.md` that tell of `if_matched`, for SQL Server: the key has no unique index. */
import type { ToolRow } from "./row.ts";

export const ARTICLES = `create table article (title nvarchar(50) not null, content nvarchar(50), views int not null default 0);
  insert into article values ('Bolts', 'old', 5)`;

const TWO = {
  "articles.ndjson":
    '{"title":"Bolts","content":"new","views":2}\n{"title":"Nuts","content":"new","views":9}\n',
};

export const IF_MATCHED: readonly ToolRow[] = [
  { argument: "`match_columns`", files: TWO, rows: ["Bolts|new|2", "Nuts|new|9"] },
  {
    argument: "`match_columns: []`",
    files: TWO,
    rows: ["Bolts|new|2", "Bolts|old|5", "Nuts|new|9"],
  },
  {
    argument: "`update_columns` of `if_matched`",
    files: TWO,
    flags: ["--key", "title"],
    rows: ["Bolts|new|5", "Nuts|new|9"],
  },
  {
    argument: "`where` of `if_matched`",
    files: TWO,
    flags: ["--key", "title"],
    rows: ["Bolts|old|5", "Nuts|new|9"],
  },
];

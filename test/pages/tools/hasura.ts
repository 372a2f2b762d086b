/** The rows of `docs/howto/from-hasura.md` that PostgreSQL runs. */
import type { ToolPage } from "./row.ts";

const BOLTS =
  "insert into article values ('Bolts', 'old', '2026-05-04', 5, '[\"a\", \"b\"]'::jsonb)";
const NEW = { "articles.ndjson": '{"title":"Bolts","content":"new","views":2}\n' };
const TAGS = { "articles.ndjson": '{"title":"Bolts","tags":["c"]}\n' };
const KEY = ["--key", "title"];
const ONLY_SET = [...KEY, "--mode", "update", "--update-columns", "none"];
const DRAFT = 'update article set tags = \'{"draft": {"by": "a"}, "n": 1}\'::jsonb';

export const HASURA: ToolPage = {
  path: "docs/howto/from-hasura.md",
  engine: "postgres",
  table: "article",
  setUp: `create table article (title text not null constraint article_title_key unique, content text,
    published_on date, views integer not null default 0, tags jsonb)`,
  query: "select title, content, published_on, views, tags from article order by title",
  rows: [
    {
      argument: "`objects`",
      files: { "articles.json": '[{"title":"Bolts"},{"title":"Nuts","views":1}]' },
      rows: ["Bolts|||0|", "Nuts|||1|"],
    },
    {
      argument: "`object` of `insert_article_one`",
      files: { "-": '{"title":"Bolts"}\n' },
      rows: ["Bolts|||0|"],
    },
    {
      argument: "no `on_conflict`",
      before: BOLTS,
      files: NEW,
      rows: ['Bolts|old|2026-05-04|5|["a", "b"]'],
      exit: 4,
      says: "ROW_UNIQUE",
    },
    {
      argument: "`constraint`",
      before: BOLTS,
      files: NEW,
      rows: ['Bolts|new|2026-05-04|2|["a", "b"]'],
    },
    {
      argument: "`update_columns`",
      before: BOLTS,
      files: NEW,
      flags: KEY,
      rows: ['Bolts|new|2026-05-04|5|["a", "b"]'],
    },
    {
      argument: "`update_columns: []`",
      before: BOLTS,
      files: NEW,
      flags: KEY,
      rows: ['Bolts|old|2026-05-04|5|["a", "b"]'],
      says: "ignored  1",
    },
    {
      argument: "`where`",
      before: BOLTS,
      files: {
        "articles.ndjson":
          '{"title":"Bolts","published_on":"2026-05-03","views":1}\n{"title":"Bolts","published_on":"2026-05-05"}\n',
      },
      flags: KEY,
      rows: ['Bolts|old|2026-05-05|5|["a", "b"]'],
      says: "skipped  1",
    },
    {
      argument: "`affected_rows`",
      before: BOLTS,
      files: NEW,
      flags: KEY,
      rows: ['Bolts|new|2026-05-04|2|["a", "b"]'],
      says: '"inserted":0,"updated":1,"unchanged":0',
    },
    {
      argument: "a column preset",
      files: { "articles.ndjson": '{"title":"Bolts"}\n' },
      rows: ["Bolts|imported||0|"],
    },
    {
      argument: "nested `data`",
      before:
        "create table comment (article text not null references article (title), body text, primary key (article, body))",
      files: { "articles.ndjson": '{"title":"Bolts","comments":[{"body":"fine"}]}\n' },
      flags: KEY,
      rows: ["Bolts|||0|"],
      finds: "select 1 from comment where article = 'Bolts' and body = 'fine'",
    },
    {
      argument: "`pk_columns`",
      before: BOLTS,
      files: {
        "articles.ndjson": '{"title":"Bolts","content":"new"}\n{"title":"Nuts","content":"x"}\n',
      },
      rows: ['Bolts|new|2026-05-04|5|["a", "b"]'],
      says: "skipped  1",
    },
    {
      argument: "`_set`",
      before: BOLTS,
      files: NEW,
      flags: KEY,
      rows: ['Bolts|new|2026-05-04|5|["a", "b"]'],
    },
    {
      argument: "`_inc`",
      before: BOLTS,
      files: NEW,
      flags: ONLY_SET,
      rows: ['Bolts|old|2026-05-04|7|["a", "b"]'],
    },
    {
      argument: "`_append`",
      before: BOLTS,
      files: TAGS,
      flags: ONLY_SET,
      rows: ['Bolts|old|2026-05-04|5|["a", "b", "c"]'],
    },
    {
      argument: "`_prepend`",
      before: BOLTS,
      files: TAGS,
      flags: ONLY_SET,
      rows: ['Bolts|old|2026-05-04|5|["c", "a", "b"]'],
    },
    {
      argument: "`_delete_key`",
      before: `${BOLTS}; ${DRAFT}`,
      files: TAGS,
      flags: ONLY_SET,
      rows: ['Bolts|old|2026-05-04|5|{"n": 1}'],
    },
    {
      argument: "`_delete_elem`",
      before: BOLTS,
      files: TAGS,
      flags: ONLY_SET,
      rows: ['Bolts|old|2026-05-04|5|["b"]'],
    },
    {
      argument: "`_delete_at_path`",
      before: `${BOLTS}; ${DRAFT}`,
      files: TAGS,
      flags: ONLY_SET,
      rows: ['Bolts|old|2026-05-04|5|{"n": 1, "draft": {}}'],
    },
  ],
  absent: ["`returning`"],
};

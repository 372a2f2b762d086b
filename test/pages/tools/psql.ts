/** The rows of `docs/howto/from-psql.md`. */
import { BAD, EMPTY, PARTS_TABLE, text } from "./parts.ts";
import type { ToolPage } from "./row.ts";

export const PSQL: ToolPage = {
  ...PARTS_TABLE,
  path: "docs/howto/from-psql.md",
  rows: [
    { argument: "`from 'FILE'`", rows: ["B|Bolt|1|0"] },
    { argument: "`from stdin`, `from pstdin`", files: text("-"), rows: ["B|Bolt|1|0"] },
    {
      argument: "`from program 'gzip -dc FILE'`",
      files: text("parts.csv.gz"),
      rows: ["B|Bolt|1|0"],
    },
    { argument: "`format csv`", files: text("parts.txt"), rows: ["B|Bolt|1|0"] },
    {
      argument: "`format text`",
      files: { "parts.txt": 'part_no\tname\tprice\nB\t"Bolt\t\\N\n' },
      rows: ['B|"Bolt||0'],
    },
    {
      argument: "`header`",
      files: { "parts.csv": "price,name,part_no\n1,Bolt,B\n" },
      rows: ["B|Bolt|1|0"],
    },
    {
      argument: "`header match`",
      files: { "parts.csv": "part_no,name,cost\nB,Bolt,1\n" },
      rows: [],
      exit: 2,
      says: "PLAN_UNKNOWN_FIELD",
    },
    {
      argument: "`header false`",
      files: { "parts.csv": "B,Bolt,1\n" },
      rows: ["B|Bolt|1|0"],
    },
    {
      argument: "`(part_no, name, price)`",
      files: { "parts.csv": "No.,Description,Cost\nB,Bolt,1\n" },
      rows: ["B|Bolt|1|0"],
    },
    {
      argument: "`delimiter ';'`",
      files: { "parts.csv": "part_no;name;price\nB;Bolt;1\n" },
      rows: ["B|Bolt|1|0"],
    },
    {
      argument: "`null 'N/A'`",
      files: { "parts.csv": 'part_no,name,price\nB,N/A,1\nC,"N/A",2\n' },
      rows: ["B||1|0", "C|N/A|2|0"],
    },
    {
      argument: "`quote '~'`",
      files: { "parts.csv": 'part_no,name,price\nB,~2" bolt, long~,1\n' },
      rows: ['B|2" bolt, long|1|0'],
    },
    {
      argument: "`escape '\\'`",
      files: { "parts.csv": 'part_no,name,price\nB,"2\\" bolt",1\n' },
      rows: ['B|2" bolt|1|0'],
    },
    { argument: "`force_not_null (name)`", files: EMPTY, rows: ["B||1|0", "C||2|0"], nulls: 0 },
    { argument: "`force_null (name)`", files: EMPTY, rows: ["B||1|0", "C||2|0"], nulls: 2 },
    {
      argument: "`encoding 'latin1'`",
      files: { "parts.csv": Buffer.from("part_no,name,price\nB,Schl\u00fcssel,1\n", "latin1") },
      rows: ["B|Schlüssel|1|0"],
    },
    {
      argument: "`on_error ignore`",
      engine: "postgres",
      files: BAD,
      rows: ["B|Bolt|1|0"],
      exit: 3,
      says: "rejected  1",
    },
    {
      argument: "`reject_limit 1`",
      engine: "postgres",
      files: BAD,
      rows: ["B|Bolt|1|0"],
      exit: 3,
      says: "rejected  1",
    },
    {
      argument: "`log_verbosity verbose`",
      engine: "postgres",
      files: BAD,
      rows: ["B|Bolt|1|0"],
      exit: 3,
      says: "why: bad.csv.jsonl",
    },
  ],
  absent: ["`format binary`", "`default 'D'`", "`where`", "`freeze`"],
};

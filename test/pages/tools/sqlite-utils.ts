/** The rows of `docs/howto/from-sqlite-utils.md`. */
import { EMPTY, PARTS_TABLE, text } from "./parts.ts";
import type { ToolPage } from "./row.ts";

const BOLT = ["B|Bolt|1|0"];
const OLD = "insert into parts values ('B', 'old', 5, 5)";

export const SQLITE_UTILS: ToolPage = {
  ...PARTS_TABLE,
  path: "docs/howto/from-sqlite-utils.md",
  rows: [
    { argument: "`--pk part_no`", before: OLD, rows: ["B|Bolt|1|5"] },
    { argument: "`--csv`", files: text("parts.txt"), rows: BOLT },
    {
      argument: "`--tsv`",
      files: { "parts.txt": "part_no\tname\tprice\nB\tBolt\t1\n" },
      rows: BOLT,
    },
    {
      argument: "`--nl`",
      files: { "parts.txt": '{"part_no":"B","name":"Bolt","price":1}\n' },
      rows: BOLT,
    },
    {
      argument: "`--delimiter ';'`",
      files: { "parts.csv": "part_no;name;price\nB;Bolt;1\n" },
      rows: BOLT,
    },
    {
      argument: '`--quotechar "\'"`',
      files: { "parts.csv": "part_no,name\nB,'Bolt, long'\n" },
      rows: ["B|Bolt, long||0"],
    },
    { argument: "`--no-headers`", files: { "parts.csv": "B,Bolt,1\n" }, rows: BOLT },
    {
      argument: "`--encoding latin-1`",
      files: { "parts.csv": Buffer.from("part_no,name\nB,Schl\u00fcssel\n", "latin1") },
      rows: ["B|Schlüssel||0"],
    },
    { argument: "`--empty-null`", files: EMPTY, rows: ["B||1|0", "C||2|0"], nulls: 2 },
    { argument: "no `--empty-null`", files: EMPTY, rows: ["B||1|0", "C||2|0"], nulls: 0 },
    { argument: "`--ignore`", before: OLD, rows: ["B|old|5|5"], says: "ignored  1" },
    {
      argument: "`--replace`",
      before: OLD,
      files: {
        "parts.ndjson": '{"part_no":"B","name":"Bolt"}\n{"part_no":"C","price":1,"stock":1}\n',
      },
      rows: ["B|Bolt||", "C||1|1"],
    },
    {
      argument: "`--batch-size 2`",
      files: { "parts.csv": "part_no,price\nB,1\nC,2\nD,x\n" },
      rows: ["B||1|0", "C||2|0", "D||x|0"],
      says: "exactly-once",
    },
    {
      argument: "`--stop-after 1`",
      files: { "parts.csv": "part_no,name,price\nB,Bolt,1\nC,Nut,1\n" },
      rows: BOLT,
    },
    {
      argument: "`--alter`",
      files: { "parts.csv": "part_no,name,price,weight\nB,Bolt,1,410\n" },
      rows: BOLT,
      finds: "select 1 from parts where weight = 410",
    },
    { argument: "`--strict`", rows: BOLT },
    { argument: "`--silent`", rows: BOLT, says: "" },
    { argument: "`--detect-types`, `--no-detect-types`", rows: BOLT },
    { argument: "`--truncate`", before: OLD.replace("B", "C"), rows: BOLT, says: "removed   1" },
    { argument: "`--analyze`", rows: BOLT, finds: "select count(*) > 0 from sqlite_stat1" },
  ],
  absent: [
    "`--sniff`",
    "`--flatten`, `--lines`, `--text`, `--convert`",
    "`--not-null`, `--default`",
  ],
};

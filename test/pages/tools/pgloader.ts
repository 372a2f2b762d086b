/** The rows of `docs/howto/from-pgloader.md`. */
import { BAD, PARTS_TABLE, text } from "./parts.ts";
import type { ToolPage } from "./row.ts";

const BOLT = ["B|Bolt|1|0"];
const OLD = "insert into parts values ('C', 'old', 5, 5)";
const DATES = { "parts.csv": "part_no,name,stock,made\nB,Bolt,0,31/12/2025\n" };

export const PGLOADER: ToolPage = {
  ...PARTS_TABLE,
  path: "docs/howto/from-pgloader.md",
  rows: [
    { argument: "`FROM 'parts.csv'`", rows: BOLT },
    { argument: "`FROM stdin`", files: text("-"), rows: BOLT },
    {
      argument: "`ALL FILENAMES MATCHING`",
      files: { ...text("parts-1.csv"), "parts-2.csv": "part_no,price\nC,2\n", "other.csv": "x\n" },
      rows: ["B|Bolt|1|0", "C||2|0"],
    },
    {
      argument: "`WITH ENCODING latin1`",
      files: { "parts.csv": Buffer.from("part_no,name\nB,Schl\u00fcssel\n", "latin1") },
      rows: ["B|Schlüssel||0"],
    },
    {
      argument: "`HAVING FIELDS (part_no, name, price)`",
      files: { "parts.csv": "B,Bolt,1\n" },
      rows: BOLT,
    },
    { argument: "`TARGET TABLE parts`", rows: BOLT },
    {
      argument: "`TARGET COLUMNS`",
      files: { "parts.csv": "number,name,price\nB,Bolt,1\n" },
      rows: BOLT,
    },
    { argument: "`csv header`", files: { "parts.csv": "price,part_no\n1,B\n" }, rows: ["B||1|0"] },
    {
      argument: "`skip header = 1`",
      files: { "parts.csv": `Price list\n${text("a")["a"]}` },
      rows: BOLT,
    },
    {
      argument: "`fields terminated by ';'`",
      files: { "parts.csv": "part_no;name;price\nB;Bolt;1\n" },
      rows: BOLT,
    },
    {
      argument: "`fields optionally enclosed by '~'`",
      files: { "parts.csv": "part_no,name\nB,~Bolt, long~\n" },
      rows: ["B|Bolt, long||0"],
    },
    {
      argument: "`fields not enclosed`",
      files: { "parts.csv": 'part_no,name\nB,"2" bolt\n' },
      rows: ['B|"2" bolt||0'],
    },
    {
      argument: "`fields escaped by backslash-quote`",
      files: { "parts.csv": 'part_no,name\nB,"2\\" bolt"\n' },
      rows: ['B|2" bolt||0'],
    },
    {
      argument: "`lines terminated by`",
      files: { "parts.csv": "part_no,name,price\rB,Bolt,1\r" },
      rows: BOLT,
    },
    {
      argument: '`null if "N/A"`',
      files: { "parts.csv": "part_no,name\nB,N/A\n" },
      rows: ["B|||0"],
      nulls: 1,
    },
    {
      argument: "`null if blanks`",
      files: { "parts.csv": "part_no,name\nB,   \n" },
      rows: ["B|||0"],
      nulls: 1,
    },
    {
      argument: "`trim both whitespace`",
      files: { "parts.csv": "part_no,name,price\nB, Bolt ,1\n" },
      rows: BOLT,
    },
    {
      argument: "`keep unquoted blanks`",
      files: { "parts.csv": "part_no,name,price\nB, Bolt ,1\n" },
      rows: ["B| Bolt |1|0"],
    },
    {
      argument: "`date format 'DD/MM/YYYY'`",
      engine: "postgres",
      before: "alter table parts add made date",
      files: DATES,
      rows: ["B|Bolt||0"],
      finds: "select 1 from parts where made = '2025-12-31'",
    },
    { argument: "`batch rows = 1000`", rows: BOLT },
    {
      argument: "`workers`, `concurrency`",
      engine: "postgres",
      files: { "parts.csv": "part_no,price\nB,1\nC,2\nD,3\n" },
      rows: ["B||1|0", "C||2|0", "D||3|0"],
      says: "exactly-once",
    },
    {
      argument: "`on error resume next`",
      engine: "postgres",
      files: BAD,
      rows: BOLT,
      exit: 3,
      says: "rejected  1",
    },
    {
      argument: "`on error stop`",
      engine: "postgres",
      files: BAD,
      rows: [],
      exit: 4,
      says: "nothing was kept",
    },
    {
      argument: "`SET`",
      engine: "postgres",
      before:
        "alter table parts alter stock set default 7; alter table parts add memory text default current_setting('work_mem')",
      rows: ["B|Bolt|1|7"],
      finds: "select 1 from parts where memory = '32MB'",
    },
    { argument: "`truncate`", before: OLD, rows: BOLT, says: "removed   1" },
    { argument: "`reset sequences`", rows: BOLT },
    { argument: "`BEFORE LOAD DO`", before: OLD, rows: BOLT },
    { argument: "`AFTER LOAD DO`", rows: ["B|Bolt|1|7"] },
  ],
  absent: ["`drop indexes`, `disable triggers`"],
};

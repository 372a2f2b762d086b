/**
 * The questions: what the target and the tests' interpreter take from the documents, each with the answers that the target
 * survives. Where a document is plain there is one answer; where servers are said to differ there are two.
 */
import type { Asking, Told } from "./ask.ts";

/** One question. */
export interface Question {
  readonly title: string;
  /** Asks over a connection of its own, to a database that is empty but for what `TABLES` makes. */
  readonly ask: (asking: Asking) => Promise<unknown>;
  /** The answers that the target survives; `any`: nobody knows, and the server is asked for it to be seen. */
  readonly answers: readonly unknown[] | "any";
  /** Why the tests' interpreter cannot answer; absent where it can. */
  readonly notTranslated?: string;
}

/** What every question may use; each batch by itself. */
export const TABLES: readonly string[] = [
  `CREATE TABLE t (id int NOT NULL PRIMARY KEY, u nvarchar(3) UNIQUE, ix int, n int CHECK (n < 90), parent int REFERENCES t (id));
CREATE UNIQUE INDEX t_ix ON t (ix) WHERE ix IS NOT NULL;
INSERT INTO t VALUES (1, N'a', 1, 1, NULL);
CREATE TABLE i (n int IDENTITY(1, 1), x int);
CREATE TABLE log (x int);
CREATE TABLE b (id int NOT NULL PRIMARY KEY CHECK (id < 100));
CREATE TABLE m (id int NOT NULL PRIMARY KEY, n int);
INSERT INTO m VALUES (1, 1);
CREATE TABLE s (v tinyint);`,
];

/** A batch, and what it may tell. */
function batch(title: string, sql: string, answers: readonly Told[]): Question {
  return { title, ask: (asking) => asking.tell(sql), answers };
}

const MERGE_TWICE =
  "MERGE m USING (SELECT 1 AS id UNION ALL SELECT 1) AS s ON m.id = s.id WHEN MATCHED THEN UPDATE SET n = 5";

/** What becomes of the transaction when a statement fails inside TRY: 1 it goes on, -1 it is lost. */
const STATES: readonly (readonly [number: number, state: readonly string[], sql: string])[] = [
  [2627, ["1"], "INSERT INTO t (id) VALUES (1)"],
  [2601, ["1"], "INSERT INTO t (id, ix) VALUES (2, 1)"],
  [547, ["1"], "INSERT INTO t (id, n) VALUES (2, 100)"],
  [547, ["1"], "INSERT INTO t (id, parent) VALUES (2, 77)"],
  [515, ["1"], "INSERT INTO t (id) VALUES (NULL)"],
  [2628, ["1"], "INSERT INTO t (id, u) VALUES (2, N'longer')"],
  [544, ["1"], "INSERT INTO i (n) VALUES (2)"],
  [8134, ["1"], "SELECT 1 / (id - 1) FROM t"],
  [8672, ["1", "-1"], MERGE_TWICE],
  [245, ["-1"], "INSERT INTO t (id) SELECT CONVERT(int, N'x')"],
  [8114, ["-1", "1"], "SELECT CONVERT(decimal(5, 2), N'x')"],
  [241, ["-1", "1"], "SELECT CONVERT(date, N'x')"],
  [242, ["-1", "1"], "SELECT CONVERT(datetime, N'1700-01-01')"],
  [248, ["-1", "1"], "SELECT CONVERT(int, N'99999999999')"],
  [8169, ["-1", "1"], "SELECT CONVERT(uniqueidentifier, N'x')"],
  [8115, ["1", "-1"], "UPDATE t SET n = 2147483647 + id"],
  [220, ["1", "-1"], "INSERT INTO s (v) SELECT id + 300 FROM t"],
];

const XACT_STATE = STATES.map(([number, states, sql]) =>
  batch(
    `XACT_STATE after ${number}: ${sql}`,
    `SET XACT_ABORT OFF; SET NOCOUNT ON; BEGIN TRANSACTION;
BEGIN TRY ${sql}; END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS e, XACT_STATE() AS s; END CATCH;
IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;`,
    states.map((state) => [[String(number), state]]),
  ),
);

/** A text of more than 4,000 characters, in a column as the stage has it. */
const LONG = "REPLICATE(CONVERT(nvarchar(max), N'x'), 4001)";
const CONVERTED = [
  "int",
  "decimal(10, 2)",
  "float",
  "date",
  "datetime2(3)",
  "uniqueidentifier",
  "bit",
];
const OPEN = ["varbinary(max)", "xml", "geography"];

const TRY_CONVERT: readonly Question[] = [
  ...CONVERTED.map((type) =>
    batch(
      `TRY_CONVERT to ${type} of more than 4,000 characters`,
      `SELECT TRY_CONVERT(${type}, ${LONG}) AS v`,
      [["error 8152"], ["error 2628"], [[null]]],
    ),
  ),
  ...OPEN.map((type): Question => ({
    title: `TRY_CONVERT to ${type} of more than 4,000 characters`,
    ask: (asking) =>
      asking.tell(
        `SELECT DATALENGTH(TRY_CONVERT(${type}, ${LONG}${type.startsWith("varbinary") ? ", 1" : ""})) AS v`,
      ),
    answers: "any",
    notTranslated: "the interpreter has no such type, or no limit for it",
  })),
];

const BULK: readonly Question[] = [
  {
    title: "the count of a bulk load with NOCOUNT off",
    ask: async (asking) => {
      await asking.tell("SET NOCOUNT OFF");
      return asking.bulk("b", [1, 2, 3]);
    },
    answers: [3],
  },
  {
    title: "the count of a bulk load with NOCOUNT on, and the rows that are there",
    ask: async (asking) => {
      await asking.tell("SET NOCOUNT ON");
      const counted = await asking.bulk("b", [1, 2, 3]);
      return [[0, 3].includes(Number(counted)), await asking.tell("SELECT COUNT(*) AS n FROM b")];
    },
    answers: [[true, [["3"]]]],
  },
  {
    title: "a second bulk load after a failed one, in the same transaction",
    ask: async (asking) => {
      await asking.tell("SET XACT_ABORT OFF; BEGIN TRANSACTION; SAVE TRANSACTION s;");
      const failed = await asking.bulk("b", [1, 1]);
      const state = await asking.tell("SELECT XACT_STATE() AS s");
      if (JSON.stringify(state) !== '[["1"]]') return [failed, "the transaction is lost"];
      await asking.tell("ROLLBACK TRANSACTION s");
      await asking.bulk("b", [1, 2]);
      return [failed, await asking.tell("COMMIT; SELECT COUNT(*) AS n FROM b")];
    },
    answers: [
      ["error 2627", [["2"]]],
      ["error 2627", "the transaction is lost"],
    ],
  },
];

/** Makes a trigger on `log`, writes to it in a transaction, and tells what came of it. */
function trigger(
  title: string,
  body: string,
  answers: readonly Told[],
  notTranslated?: string,
): Question {
  return {
    title: `a trigger that ${title}`,
    ask: async (asking) => {
      await asking.tell(`CREATE TRIGGER r ON log AFTER INSERT AS ${body}`);
      return asking.tell(`SET NOCOUNT ON; SET XACT_ABORT OFF; BEGIN TRANSACTION;
BEGIN TRY INSERT INTO log VALUES (1); SELECT @@TRANCOUNT AS n, XACT_STATE() AS s; END TRY
BEGIN CATCH SELECT ERROR_NUMBER() AS e, XACT_STATE() AS s; END CATCH;
IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;`);
    },
    answers,
    ...(notTranslated === undefined ? {} : { notTranslated }),
  };
}

const NOT_SPOKEN = "the interpreter's triggers write, raise and throw only";
const TRIGGERS: readonly Question[] = [
  trigger("selects", "SELECT x AS seen FROM inserted", [[["1"], ["1", "1"]]], NOT_SPOKEN),
  trigger("prints", "PRINT N'seen'", [["print seen", ["1", "1"]]], NOT_SPOKEN),
  trigger("rolls back", "ROLLBACK TRANSACTION", [[["3609", "0"]], ["error 3609"]], NOT_SPOKEN),
  trigger("raises", "RAISERROR(N'no', 16, 1)", [[["50000", "-1"]], [["50000", "1"]]], NOT_SPOKEN),
  trigger("throws", "THROW 50001, N'no', 1;", [[["50001", "-1"]], [["50001", "1"]]]),
];

const MERGES: readonly Question[] = [
  batch(
    "the count of a MERGE, and its actions one by one",
    `SET NOCOUNT ON; DECLARE @did TABLE (did nvarchar(10) NOT NULL);
MERGE m WITH (HOLDLOCK, UPDLOCK) AS target USING (SELECT 1 AS id, 7 AS n UNION ALL SELECT 2, 8 UNION ALL SELECT 3, 9) AS excluded ON target.id = excluded.id
WHEN MATCHED THEN UPDATE SET n = excluded.n WHEN NOT MATCHED BY TARGET THEN INSERT (id, n) VALUES (excluded.id, excluded.n)
OUTPUT $action INTO @did (did);
SELECT @@ROWCOUNT AS n; SELECT did, COUNT(*) AS n FROM @did GROUP BY did ORDER BY did;`,
    [[["3"], ["INSERT", "2"], ["UPDATE", "1"]]],
  ),
  batch("two rows of a MERGE on one row of the table", `${MERGE_TWICE};`, [["error 8672"]]),
  batch(
    "two new rows of a MERGE with one key",
    "MERGE m USING (SELECT 5 AS id UNION ALL SELECT 5) AS s ON m.id = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id);",
    [["error 2627"]],
  ),
];

const JSON_TEXTS: readonly Question[] = [
  batch(
    "a lone surrogate through OPENJSON",
    String.raw`SELECT UNICODE(v) AS u, LEN(v) AS n FROM OPENJSON(N'[{"v":"\ud800"}]') WITH (v nvarchar(max))`,
    [[["55296", "1"]], [["65533", "1"]], ["error 13609"]],
  ),
  batch(
    "a pair of surrogates through OPENJSON",
    String.raw`SELECT DATALENGTH(v) AS n FROM OPENJSON(N'[{"v":"\ud83d\ude00"}]') WITH (v nvarchar(max))`,
    [[["4"]]],
  ),
].map((question, at) =>
  at > 0 ? question : { ...question, notTranslated: "PostgreSQL holds no lone surrogates" },
);

/** All questions. */
export const QUESTIONS: readonly Question[] = [
  ...XACT_STATE,
  ...TRY_CONVERT,
  ...BULK,
  ...TRIGGERS,
  ...MERGES,
  ...JSON_TEXTS,
];

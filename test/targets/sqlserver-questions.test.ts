/**
 * What the target and the tests' interpreter take from Microsoft's documents, asked of a server. The answers of the documents stand in
 * `test/support/questions/`. A Microsoft server is asked where there is one; the interpreter is asked the same, so that its
 * tables are what is checked.
 */
import { beforeEach, describe, expect, test } from "vitest";
import { useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { openReal, openTranslated, REAL_SERVER } from "../helpers/sqlserver-database.ts";
import { Asking } from "../support/questions/ask.ts";
import { QUESTIONS, TABLES } from "../support/questions/questions.ts";

const REASON = "UPSURGE_TEST_SQLSERVER names no Microsoft server";

const SERVERS = [
  {
    title: "sqlserver: a Microsoft server",
    skipped: REAL_SERVER === null ? REASON : null,
    isReal: true,
    open: () => openReal(REAL_SERVER ?? ""),
  },
  {
    title: "sqlserver(translated)",
    skipped: null,
    isReal: false,
    open: () => openTranslated(),
  },
] as const;

for (const { title, skipped, isReal, open } of SERVERS) {
  describe.skipIf(skipped !== null)(skipped === null ? title : `${title} (${skipped})`, () => {
    const engine: Engine = { name: "sqlserver", title, rowSources: [], open };
    const database = useDatabase(engine);

    beforeEach(async () => {
      await database.reset();
      for (const sql of TABLES) await database.exec(sql);
    });

    for (const { title: asked, ask, answers, notTranslated } of QUESTIONS) {
      const why = isReal ? undefined : notTranslated;
      const name = why === undefined ? asked : `${asked} (${why})`;
      test.skipIf(why !== undefined)(name, async () => {
        const asking = await Asking.open(database.url);
        try {
          const told = await ask(asking);
          // Which of several readings a Microsoft server has is worth knowing.
          if (isReal && (answers === "any" || answers.length > 1)) {
            console.info(`${asked}: ${JSON.stringify(told)}`);
          }
          if (answers === "any") expect(told).not.toEqual([]);
          else expect(answers).toContainEqual(told);
        } finally {
          await asking.close();
        }
      });
    }
  });
}

/** A level with `mode: find` reads its table and does nothing else with it: SELECT is enough, and no lock keeps others from writing. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

const TABLES = `create table people (id int primary key, email text not null unique);
  create table books (k int primary key, author_id int references people (id));
  insert into people values (1, 'ann'), (2, 'bob')`;
const LINES = [
  '{"k":1,"author":{"email":"bob"}}',
  '{"k":2,"author":{"email":"zoe"}}',
  '{"k":3,"author":{"email":"ann"}}',
];
const FLAGS = ["--key", "k", "--nest", "author: { table: people, key: email, mode: find }"];

describe("a level that is only looked up, on PostgreSQL", () => {
  const database = useDatabase(postgres);
  const role = `reader_${randomBytes(4).toString("hex")}`;
  const url = (): string => {
    const as = new URL(database.url);
    as.username = role;
    as.password = "hunter2-hunter2";
    return as.href;
  };

  beforeAll(async () => {
    await database.exec(`create role ${role} login password 'hunter2-hunter2'`);
  });
  afterAll(async () => {
    await database.exec(`drop owned by ${role}; drop role ${role}`);
  });

  test.each(["native", "select-then-write"])(
    "what `plan --grants` prints is SELECT, and enough: %s",
    async (strategy) => {
      await database.reset();
      await database.exec(TABLES);
      const cwd = tempDir({ "a.ndjson": LINES.map((line) => `${line}\n`).join("") });
      const args = ["a.ndjson", "--to", url(), "--table", "books", ...FLAGS];
      args.push("--strategy", strategy);
      const { stdout: grants } = await runUpsurge(["plan", ...args, "--grants"], { cwd });
      const ofPeople = grants.split("\n").filter((line) => line.includes('"people"'));
      expect(ofPeople).toEqual([`grant select on table "public"."people" to "${role}";`]);
      await database.exec(grants);

      const shown = await runUpsurge(["plan", ...args], { cwd });
      expect(shown.stdout, shown.stderr).not.toMatch(/(?:update|insert into)[^\n]*"people"/i);
      const rejects = ["--max-rejects", "1", "--reject-file", join(cwd, "r.ndjson")];
      const ran = await runUpsurge([...args, ...rejects], { cwd });
      expect([ran.exitCode, ran.stdout.includes("ROW_LOOKUP")], ran.stderr).toEqual([3, true]);
      expect(await database.rows("select k, author_id from books order by k")).toEqual([
        ["1", "2"],
        ["3", "1"],
      ]);
    },
  );
});

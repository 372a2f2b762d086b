/** What the fix of a reject prints for values that are bytes, or empty, typed as it is printed. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const sqlserver = ENGINES.filter(({ name }) => name === "sqlserver");
const postgres = ENGINES.filter(({ name }) => name === "postgres");

describe.each(sqlserver)("$title: bytes written as letters", (engine) => {
  const database = useDatabase(engine);

  test.each([
    ["DEADBEEF", "hex"],
    ["\\xdeadbeef", "hex"],
    ["3q2+7w==", "base64"],
  ])("%s: --binary %s", async (value, encoding) => {
    await database.reset();
    await database.exec("create table t (id int primary key, b varbinary(20));");
    const cwd = tempDir({ "in.csv": `id,b\n1,${value}\n` });
    const args = ["in.csv", "--to", database.url, "--table", "t"];

    const refused = await runUpsurge(args, { cwd });
    const loaded = await runUpsurge([...args, "--binary", encoding], { cwd });

    expect(refused.stderr).toContain(`pass --binary ${encoding}, which reads the bytes`);
    expect(loaded.exitCode, loaded.stderr).toBe(0);
  });
});

describe.each(postgres)("$title: empty texts", (engine) => {
  const database = useDatabase(engine);

  test("an empty text is no key as NULL either", async () => {
    await database.reset();
    await database.exec("create table t (id int primary key, n numeric, s text);");
    const cwd = tempDir({ "key.ndjson": '{"id":"","s":"a"}\n', "n.ndjson": '{"id":1,"n":""}\n' });
    const into = ["--to", database.url, "--table", "t", "--key", "id"];

    const key = await runUpsurge(["key.ndjson", ...into], { cwd });
    const other = await runUpsurge(["n.ndjson", ...into], { cwd });
    const loaded = await runUpsurge(["n.ndjson", ...into, "--empty", "null"], { cwd });

    expect(key.stderr).toMatch(/^fix: +fill the key; or allow some/m);
    expect(other.stderr).toMatch(/^fix: +pass --empty null, which makes NULL of empty texts too/m);
    expect(loaded.exitCode, loaded.stderr).toBe(0);
  });
});

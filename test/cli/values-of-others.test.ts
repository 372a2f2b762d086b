/** Values that other loaders take: the fix is a value that is taken here, and means the same. */
import { expect, test } from "vitest";
import { flagOf } from "../../src/options/flag.ts";
import type { OptionName } from "../../src/options/options.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";

test.each<[OptionName, string, string]>([
  ["format", "jsonl", "pass --format ndjson"],
  ["format", "JSONLines", "pass --format ndjson"],
  ["format", "psv", "pass --format csv --delimiter '|'"],
  ["format", "xlsx", "save it as CSV"],
  ["format", "CSV", "did you mean --format csv?"],
  ["mode", "append", "pass --mode insert"],
  ["mode", "merge", "pass --mode upsert"],
  ["mode", "replace", "pass --mode upsert --key a,b updates the rows that are there; --truncate"],
  ["mode", "sync", "pass --mode upsert --delete-missing"],
  ["mode", "delete", "pass --delete-when FIELD=VALUE"],
  ["delimiter", "tab", "pass --delimiter '\\t'"],
  ["delimiter", "pipe", "pass --delimiter '|'"],
  ["delimiter", "\\x01", "pass --delimiter $'\\x01'"],
  ["delimiter", ", ", "pass --delimiter ',' --trim"],
  ["delimiter", "||", "sed $'s/||/\\t/g' FILE | upsurge - --delimiter '\\t'"],
  ["delimiter", "shop", "name the database with --to"],
  ["format", "orders.csv", "name the file by itself"],
  ["map", "10", "--max-rejects N"],
  ["delimiter", "é", "for example --delimiter ';'"],
  ["quote", "none", "pass --quote ''"],
  ["quote", '\\"', "pass --quote '\"'"],
  ["escape", "\\\\", "pass --escape '\\'"],
  ["escape", '""', "leave it out"],
  ["maxRejects", "all", "pass --max-rejects 100%"],
  ["maxRejects", "-1", "pass --max-rejects 100%"],
  ["maxRejects", "0.1", "pass --max-rejects 10%, if that is a share"],
  ["maxRejects", "0.07", "pass --max-rejects 7%, if that is a share"],
  ["maxRejects", "5 %", "pass --max-rejects 5%"],
  ["dateFormat", "YYYY-MM-DD", "pass --date-format %Y-%m-%d"],
  ["dateFormat", "dd/MM/yyyy HH:mm:ss", "pass --date-format '%d/%m/%Y %H:%M:%S'"],
  ["dateFormat", "DD.MM.YYYY HH24:MI", "pass --date-format '%d.%m.%Y %H:%M'"],
  ["dateFormat", "born=dd-MMM-yyyy", "pass --date-format born=%d-%b-%Y"],
  ["dateFormat", "yyyy-MM-dd HH:mm:ss.SSS", "pass --date-format '%Y-%m-%d %H:%M:%S.%f'"],
  ["dateFormat", "%d/%m/%y", "write years with four digits"],
  ["dateFormat", "iso", "leave it out"],
  ["dateFormat", "%q", "for example --date-format"],
  ["map", "a=b", "pass --map 'a:b'"],
  ["map", "a -> b", "pass --map 'a:b'"],
  ["const", "source:import", "pass --const 'source=import'"],
  ["type", "price=numeric(10,2)", "pass --type 'price:numeric(10,2)'"],
  ["type", "csv", "pass --format csv"],
  ["set", "n := n + 1", "pass --set 'n = n + 1'"],
  ["set", "2nd := 1", "pass --set '\"2nd\" = 1'"],
  ["value", "2nd = 1", "pass --value '\"2nd\" = 1'"],
  ["value", "t.n = 1", "for example --value"],
  ["stamp", "n == 1", "for example --stamp"],
  ["batchRows", "10k", "pass --batch-rows 10000"],
  ["commit", "1e5", "pass --commit 100000"],
  ["limit", "many", "for example --limit 1000"],
  ["lockTimeout", "5sec", "pass --lock-timeout 5s\n"],
  ["lockTimeout", "5 sec", "pass --lock-timeout 5s\n"],
  ["lockTimeout", "5 SECONDS", "pass --lock-timeout 5s\n"],
  ["lockTimeout", "5secs", "pass --lock-timeout 5s\n"],
  ["lockTimeout", "1,5s", "pass --lock-timeout 1.5s\n"],
  ["retryTimeout", "2hours", "pass --retry-timeout 2h\n"],
  ["retryTimeout", "10 minutes", "pass --retry-timeout 10m\n"],
  ["retryTimeout", "1h30m", "pass --retry-timeout 90m\n"],
  ["retryTimeout", "1 day", "pass --retry-timeout 24h\n"],
  ["retryTimeout", "250 millis", "pass --retry-timeout 250ms\n"],
  ["retryTimeout", "60 days", "for example --retry-timeout"],
  ["retryTimeout", "5 fortnights", "for example --retry-timeout"],
  ["maxRecordBytes", "2 gigabytes", "pass --max-record-bytes 2GB\n"],
  ["maxRecordBytes", "64 megs", "pass --max-record-bytes 64MB\n"],
  ["maxRecordBytes", "1TB", "pass --max-record-bytes 1000GB\n"],
  ["maxRecordBytes", "4096 bytes", "pass --max-record-bytes 4096b\n"],
  ["maxRecordBytes", "5 minutes", "for example --max-record-bytes"],
])("--%s %j: %s", async (name, text, fix) => {
  const words = ["a.csv", "--to", "a.db", "--table", "t", `${flagOf(name)}=${text}`];
  const { exitCode, stderr } = await runUpsurge(words);

  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("OPTION_VALUE")]);
  expect(stderr.split("\n")[2]).toContain(`fix:   `);
  expect(stderr).toContain(fix);
});

test.each([
  ["--lock-timeout", "1min"],
  ["--lock-timeout", "5 s"],
  ["--max-record-bytes", "1gb"],
  ["--max-record-bytes", "64 MiB"],
])("%s takes %j", async (flag, value) => {
  const { stderr } = await runUpsurge(["lost.csv", "--to", "a.db", "--table", "t", flag, value]);

  expect(stderr).toContain("SOURCE_NOT_FOUND");
});

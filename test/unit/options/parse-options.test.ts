/** From raw flags and environment to typed options. */
import type { Environment } from "../../../src/model/environment.ts";
import { expect, test } from "vitest";
import { UpsurgeError } from "../../../src/errors/upsurge-error.ts";
import { defaultOptions, parseOptions } from "../../../src/options/parse-options.ts";
import type { RawOptions } from "../../../src/options/parse-options.ts";

function failure(raw: RawOptions, environment: Environment = {}): UpsurgeError {
  try {
    parseOptions(raw, environment);
  } catch (error) {
    if (error instanceof UpsurgeError) return error;
  }
  throw new Error("expected an UpsurgeError");
}

test("fills in the defaults of the table", () => {
  expect(defaultOptions()).toMatchObject({
    to: null,
    table: null,
    quote: '"',
    header: null,
    null: null,
    maxRecordBytes: 64 * 1024 * 1024,
    maxRecordLines: 1000,
    mode: null,
    ignore: false,
    key: null,
    lockTimeout: 60_000,
    retryTimeout: 300_000,
    maxRejects: { kind: "count", count: 0 },
    commit: null,
    logLevel: "warn",
  });
});

test("joins repeated lists, and keeps repeated texts whole", () => {
  const options = parseOptions({ key: ["a,b", "c"], set: ["n = 1", "m = coalesce(x, y)"] });

  expect(options.key).toEqual(["a", "b", "c"]);
  expect(options.set).toMatchObject([
    { column: "n", expression: "1" },
    { column: "m", expression: "coalesce(x, y)" },
  ]);
});

test("takes the last of a repeated single value", () => {
  expect(parseOptions({ batchRows: ["10", "20"] }).batchRows).toBe(20);
});

test("takes a backslash and a t for a tab", () => {
  expect(parseOptions({ delimiter: ["\\t"] }).delimiter).toBe("\t");
});

test("turns a negated flag off", () => {
  expect(parseOptions({ rawSql: ["true"] }).rawSql).toBe(false);
});

test("leaves open what may be said either way, and refuses both at once", () => {
  expect(parseOptions({}).header).toBeNull();
  expect(parseOptions({ header: ["true"] }).header).toBe(true);
  expect(parseOptions({ header: ["false", "false"] }).header).toBe(false);
  expect(() => parseOptions({ header: ["true", "false"] })).toThrow(
    expect.objectContaining({ code: "OPTION_CONFLICT" }),
  );
});

test("takes the target from the environment, the first variable first", () => {
  const environment = { UPSURGE_TO: "", DATABASE_URL: "postgres://a/b" };

  expect(parseOptions({}, environment).to).toBe("postgres://a/b");
  expect(parseOptions({}, { ...environment, UPSURGE_TO: "x.db" }).to).toBe("x.db");
  expect(parseOptions({ to: ["y.db"] }, environment).to).toBe("y.db");
});

test("says which flag takes what, with an example", () => {
  const error = failure({ batchRows: ["0"] });

  expect(error).toMatchObject({
    code: "OPTION_VALUE",
    message: "--batch-rows cannot be '0'",
    why: "it takes a whole number of at least 1",
    fix: "for example --batch-rows 5000",
    where: "--batch-rows",
    exit: 2,
  });
});

test("says which variable holds a wrong value", () => {
  const error = failure({}, { UPSURGE_LOG_LEVEL: "loud" });

  expect(error.where).toBe("--log-level, from $UPSURGE_LOG_LEVEL");
  expect(error.why).toBe("it takes one of silent, error, warn, info, debug, trace");
});

test.each([
  [{ mode: ["replace"] }, "--mode cannot be 'replace'"],
  [{ key: ["a,,b"] }, "--key cannot be 'a,,b'"],
  [{ lockTimeout: ["30"] }, "--lock-timeout cannot be '30'"],
  [{ maxRecordBytes: ["huge"] }, "--max-record-bytes cannot be 'huge'"],
  [{ limit: [""] }, "--limit cannot be ''"],
])("refuses %j", (raw, message) => {
  expect(failure(raw).message).toBe(message);
});

/** The one error class. */
import { expect, test } from "vitest";
import { upsurgeError } from "../../../src/errors/upsurge-error.ts";

test("fills the facts of the case into the registered texts", () => {
  const error = upsurgeError("PLAN_KEY_NOT_IN_SOURCE", { column: "id", fields: "a, b" });

  expect(error).toMatchObject({
    code: "PLAN_KEY_NOT_IN_SOURCE",
    message: "the key column id is not in the source",
    why: "the source's fields are a, b",
    fix: "map a field to it with --map field:id, or fill it with --const id=VALUE",
    where: null,
    exit: 2,
  });
});

test("the raiser's own cause, fix and place come first; the original is kept", () => {
  const original = new Error("driver");
  const error = upsurgeError(
    "INTERNAL",
    { message: "x" },
    { why: "because", fix: "do this", where: "here", cause: original },
  );

  expect(error).toMatchObject({ why: "because", fix: "do this", where: "here", cause: original });
});

test("leaves braces alone that no fact fills", () => {
  expect(upsurgeError("SOURCE_NOT_FOUND").message).toBe("no file {path}");
});

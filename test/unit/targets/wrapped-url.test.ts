/** URLs that are copied with what is around them: the error says so, and shows no password. */
import { expect, test } from "vitest";
import { UpsurgeError } from "../../../src/errors/upsurge-error.ts";
import { findTarget } from "../../../src/targets/registry.ts";

const URL = "postgres://ann:hunter2@db/shop";

test.each([
  `"${URL}"`,
  `'${URL}'`,
  ` ${URL} `,
  `psql ${URL}`,
  `psql "${URL}"`,
  `DATABASE_URL=${URL}`,
  `export DATABASE_URL="${URL}"`,
])("%j", async (url) => {
  const found = await findTarget(url).catch((error: unknown) => error);

  expect(found).toBeInstanceOf(UpsurgeError);
  const { code, message, why, fix } = found as UpsurgeError;
  expect([code, fix]).toEqual([
    "TARGET_URL",
    "pass what begins with the scheme alone, without the quotes, blanks and words around it",
  ]);
  expect(message + why + fix).not.toContain("hunter2");
});

test("what no target reads is no better without its quotes", async () => {
  await expect(findTarget('"mysql://db/shop"')).rejects.toThrow("mysql");
});

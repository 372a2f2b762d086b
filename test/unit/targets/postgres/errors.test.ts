/** What a SQLSTATE means to a load, code by code: a wrong class rejects sound rows, or retries what can never work. */
import { describe, expect, test } from "vitest";
import { UpsurgeError } from "../../../../src/errors/upsurge-error.ts";
import {
  classifyState,
  connectError,
  isRowStateSql,
  translateError,
} from "../../../../src/targets/postgres/errors.ts";

const serverError = (code: string): Error =>
  Object.assign(new Error("said"), { severity: "ERROR", code });

describe("the class of a SQLSTATE", () => {
  test.each([
    // Values, constraints, check options, RAISE, limits that one row meets; and states that nobody but a trigger has.
    ["22000 22001 22003 22007 22008 22012 22021 22026 2202E 22P02 22P03 22P05", "row"],
    ["23000 23502 23503 23505 23514 23P01 44000 P0001 P0002 54000 54001 U0001 ZZ999", "row"],
    ["21000", "repeat"],
    // Locks.
    ["40001 40P01 55P03", "transient"],
    // The server goes away, or the session was ended, or the statement cancelled.
    ["25P03 25P04 57P01 57P02 57P03 57P05 57014", "transient"],
    // Too little of something; space above all, for which no row may be rejected.
    ["53000 53100 53200 53300", "transient"],
    // The connection.
    ["08000 08001 08003 08004 08006", "transient"],
    // The server has become a copy of another.
    ["25006", "transient"],
    // A fault of the protocol, such as too many parameters, is none of the network's.
    ["08P01 08007", "fatal"],
    ["42501 42601 42703 42804 42P01 42P10 28000 28P01 3D000 0A000 25P02", "fatal"],
    ["53400 55000 55006 57P04 58030 58P01 XX000 XX001 XX002 F0000 26000 34000 2BP01", "fatal"],
    ["54011 54023", "fatal"],
  ])("%s: %s", (states, kind) => {
    const found = states.split(" ").map((state) => [state, classifyState(state)]);
    expect(found).toEqual(states.split(" ").map((state) => [state, kind]));
  });

  test("in SQL takes no state that is not a row's", () => {
    const sql = isRowStateSql("state");
    for (const state of ["53100", "08P01", "40P01", "57014"]) {
      expect(sql).not.toContain(`'${state}'`);
      expect(sql).toContain(`'${state.slice(0, 2)}'`);
    }
  });
});

describe("an error of the server in our words", () => {
  test.each([
    ["53100", "TARGET_FULL", 75],
    ["25006", "TARGET_READ_ONLY", 75],
    ["57P01", "TARGET_LOST", 75],
    ["57P03", "TARGET_LOST", 75],
    ["25P03", "TARGET_TIME_LIMIT", 4],
    ["25P04", "TARGET_TIME_LIMIT", 4],
    ["57P05", "TARGET_TIME_LIMIT", 4],
    ["40P01", "TARGET_BUSY", 75],
    ["55P03", "TARGET_BUSY", 75],
    ["53300", "TARGET_BUSY", 75],
    ["57014", "TARGET_BUSY", 75],
    ["42501", "PLAN_PRIVILEGE", 2],
    ["08P01", "TARGET_STATEMENT", 4],
    ["42P01", "TARGET_STATEMENT", 4],
  ])("%s is %s", (state, code, exit) => {
    const translated = translateError(serverError(state), "postgres://host");
    expect(translated).toBeInstanceOf(UpsurgeError);
    expect(translated).toMatchObject({ code, exit, cause: { code: state } });
  });
});

describe("a connection that cannot be opened", () => {
  test.each([
    ["28P01", "TARGET_LOGIN"],
    ["28000", "TARGET_LOGIN"],
    ["3D000", "TARGET_NO_DATABASE"],
    ["53300", "TARGET_BUSY"],
    ["57P03", "TARGET_LOST"],
  ])("for %s is %s", (state, code) => {
    expect(connectError(serverError(state), "postgres://host", true)).toMatchObject({ code });
  });

  test.each(["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"])(
    "for %s is unreachable, with TLS and without",
    (code) => {
      const error = Object.assign(new Error("network"), { code });
      for (const tls of [true, false]) {
        expect(connectError(error, "postgres://host", tls).name).toBe("UpsurgeError");
        expect(connectError(error, "postgres://host", tls)).toMatchObject({
          code: "TARGET_UNREACHABLE",
        });
      }
    },
  );

  test("for a certificate is a matter of TLS", () => {
    const error = Object.assign(new Error("self-signed"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(connectError(error, "postgres://host", true)).toMatchObject({ code: "TARGET_TLS" });
  });
});

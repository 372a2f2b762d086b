/** Explicit values for identity columns: what SET IDENTITY_INSERT lets a session do. */
import { expect, test } from "vitest";
import { useTsql } from "./talk.ts";

const db = useTsql();

test("an identity goes on after explicit values", async () => {
  await db.one.set(
    "CREATE TABLE i (n int IDENTITY(1, 1), x int)",
    "SET IDENTITY_INSERT [dbo].[i] ON; INSERT INTO i (n) VALUES (10); SET IDENTITY_INSERT i OFF;",
    "INSERT INTO i (x) VALUES (1)",
  );
  expect(await db.one.tell("SELECT n FROM i ORDER BY n")).toEqual([["10"], ["11"]]);
});

test("explicit identities can be on for one table at a time", async () => {
  await db.one.set(
    "CREATE TABLE i (n int IDENTITY(1, 1), x int)",
    "CREATE TABLE j (n int IDENTITY(1, 1), x int)",
    "SET IDENTITY_INSERT i ON; SET IDENTITY_INSERT dbo.i ON; SET IDENTITY_INSERT j OFF",
    "INSERT INTO i (n) VALUES (10)",
  );
  expect(await db.one.tell("SET IDENTITY_INSERT j ON")).toEqual(["error 8107"]);
  await db.one.set(
    "SET IDENTITY_INSERT i OFF; SET IDENTITY_INSERT j ON; INSERT INTO j (n) VALUES (20)",
  );
  expect(await db.one.tell("SELECT n FROM j")).toEqual([["20"]]);
});

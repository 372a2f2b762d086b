/** The rows of `docs/howto/from-prisma.md`. */
import type { ToolPage } from "./row.ts";

const ADA =
  "insert into users values ('ada@example.com', 'Ada', 'admin', 6, '{a}'), ('eve@example.com', 'Eve', 'reader', 1, null)";
const EVE = "eve@example.com|Eve|reader|1||";
const OLD = "ada@example.com|Ada|admin|6|{a}|";
const NEW = { "users.ndjson": '{"email":"ada@example.com","name":"Ada L.","role":"owner"}\n' };
const LOGINS = { "users.ndjson": '{"email":"ada@example.com","logins":2}\n' };
const KEY = ["--key", "email"];
const ONLY_SET = [...KEY, "--update-columns", "none"];

export const PRISMA: ToolPage = {
  path: "docs/howto/from-prisma.md",
  engine: "postgres",
  table: "users",
  setUp: `create table users (email text primary key, name text, role text not null default 'reader',
    logins integer not null default 0, tags text[], note text); create unique index users_name on users (name)`,
  query: "select email, name, role, logins, tags, note from users order by email",
  rows: [
    {
      argument: "`where`",
      before: ADA,
      files: NEW,
      rows: ["ada@example.com|Ada L.|owner|6|{a}|", EVE],
    },
    {
      argument: "`where` with other fields",
      before: `${ADA}; insert into users values ('bob@example.com', 'Bob')`,
      files: {
        "users.ndjson":
          '{"email":"ada@example.com","name":"A"}\n{"email":"bob@example.com","name":"B"}\n',
      },
      flags: KEY,
      rows: [OLD, "bob@example.com|B|reader|0||", EVE],
    },
    {
      argument: "`create`",
      files: NEW,
      flags: KEY,
      rows: ["ada@example.com|Ada L.|owner|0||"],
    },
    {
      argument: "`update`",
      before: ADA,
      files: NEW,
      flags: KEY,
      rows: ["ada@example.com|Ada L.|admin|6|{a}|", EVE],
    },
    {
      argument: "a field of `create` that `update` lacks",
      before: ADA,
      files: {
        "users.ndjson": `${NEW["users.ndjson"]}{"email":"bob@example.com","role":"owner"}\n`,
      },
      flags: KEY,
      rows: ["ada@example.com|Ada L.|admin|6|{a}|", "bob@example.com||owner|0||", EVE],
    },
    { argument: "`update: {}`", before: ADA, files: NEW, flags: KEY, rows: [OLD, EVE] },
    {
      argument: "`increment`",
      before: ADA,
      files: LOGINS,
      flags: ONLY_SET,
      rows: [OLD.replace("6", "8"), EVE],
    },
    {
      argument: "`decrement`",
      before: ADA,
      files: LOGINS,
      flags: ONLY_SET,
      rows: [OLD.replace("6", "4"), EVE],
    },
    {
      argument: "`multiply`",
      before: ADA,
      files: LOGINS,
      flags: ONLY_SET,
      rows: [OLD.replace("6", "12"), EVE],
    },
    {
      argument: "`divide`",
      before: ADA,
      files: LOGINS,
      flags: ONLY_SET,
      rows: [OLD.replace("6", "3"), EVE],
    },
    {
      argument: "`set`",
      before: ADA,
      files: LOGINS,
      flags: ONLY_SET,
      rows: [OLD.replace("6", "1"), EVE],
    },
    {
      argument: "`push`",
      before: ADA,
      files: { "users.ndjson": '{"email":"ada@example.com","tags":"{b}"}\n' },
      flags: ONLY_SET,
      rows: [OLD.replace("{a}", "{a,b}"), EVE],
    },
    {
      argument: "`select`, `include`, `omit`",
      files: LOGINS,
      flags: KEY,
      rows: ["ada@example.com||reader|2||"],
      says: '"inserted":1',
    },
    {
      argument: "`createMany`",
      before: ADA,
      files: NEW,
      rows: [OLD, EVE],
      exit: 4,
      says: "ROW_UNIQUE",
    },
    {
      argument: "`skipDuplicates`",
      before: ADA,
      files: { "users.ndjson": '{"email":"new@example.com","name":"Eve"}\n' },
      rows: [OLD, EVE],
      says: "ignored  1",
    },
    {
      argument: "`update`",
      before: ADA,
      files: {
        "users.ndjson": `${NEW["users.ndjson"]}{"email":"bob@example.com","name":"Bob","role":"x"}\n`,
      },
      flags: KEY,
      rows: ["ada@example.com|Ada L.|owner|6|{a}|", EVE],
      says: "skipped  1",
    },
    {
      argument: "`$transaction`",
      files: {
        "a.ndjson": '{"email":"ada@example.com"}\n',
        "b.ndjson": '{"email":"bob@example.com","logins":"many"}\n',
      },
      flags: KEY,
      rows: [],
      exit: 4,
      says: "nothing was kept",
    },
    {
      argument: "`undefined`",
      before: ADA,
      files: { "users.ndjson": '{"email":"ada@example.com"}\n{"email":"bob@example.com"}\n' },
      flags: KEY,
      rows: [OLD, "bob@example.com||reader|0||", EVE],
    },
    {
      argument: "`null`",
      before: ADA,
      files: { "users.ndjson": '{"email":"ada@example.com","name":null}\n' },
      flags: KEY,
      rows: ["ada@example.com||admin|6|{a}|", EVE],
    },
    {
      argument: "`@map`",
      files: { "users.ndjson": '{"email":"ada@example.com","fullName":"Ada"}\n' },
      flags: KEY,
      rows: ["ada@example.com|Ada|reader|0||"],
    },
    {
      argument: "`@default`",
      files: { "users.ndjson": '{"email":"ada@example.com"}\n' },
      flags: KEY,
      rows: ["ada@example.com||reader|0||"],
    },
    {
      argument: "`@updatedAt`",
      before: ADA,
      files: {
        "users.ndjson": `{"email":"eve@example.com","name":"Eve"}\n${NEW["users.ndjson"]}`,
      },
      flags: KEY,
      rows: ["ada@example.com|Ada L.|owner|6|{a}|changed", EVE],
    },
    {
      argument: "nested writes",
      before: `${ADA}; create table posts (id int primary key, author text references users (email))`,
      files: { "users.ndjson": '{"email":"ada@example.com","posts":[{"id":1}]}\n' },
      flags: KEY,
      rows: [OLD, EVE],
      finds: "select 1 from posts where id = 1 and author = 'ada@example.com'",
    },
  ],
  absent: [],
};

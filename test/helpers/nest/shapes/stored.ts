/** Schemas whose keys are stored in another way than records spell them: rounded, as bytes, cut, or changed by a trigger. */
import { ARRAY, ID, N, OBJECT, int, text } from "./parts.ts";
import type { NestShape } from "./parts.ts";

/** Numbers to two places are the keys, and what children refer to. */
export const RATES: NestShape = {
  title: "keys that are rounded",
  tables: [
    {
      name: "rates",
      columns: [{ name: "rate", type: "rounded", required: true }, N],
      keys: [["rate"]],
    },
    {
      name: "uses",
      columns: [{ name: "rate", type: "rounded", required: true }, text("name"), N],
      keys: [["rate", "name"]],
      references: [{ columns: ["rate"], table: "rates", to: ["rate"] }],
    },
  ],
  root: {
    table: "rates",
    key: ["rate"],
    mode: "upsert",
    nests: [
      { ...ARRAY, member: "uses", table: "uses", key: ["rate", "name"], link: { rate: "rate" } },
    ],
  },
};

/** Rows found by a rounded key give their children the number that the database made; so do objects. */
export const GRADES: NestShape = {
  title: "rounded keys of rows with numbers of the database's",
  tables: [
    {
      name: "marks",
      columns: [ID, { name: "mark", type: "single", required: true }, N],
      keys: [["id"], ["mark"]],
    },
    {
      name: "grades",
      columns: [ID, { name: "level", type: "rounded", required: true }, N],
      keys: [["id"], ["level"]],
    },
    {
      name: "exams",
      columns: [
        int("grade_id"),
        int("k"),
        N,
        { name: "price", type: "rounded" },
        { name: "mark_id", type: "int" },
      ],
      keys: [["grade_id", "k"]],
      references: [
        { columns: ["grade_id"], table: "grades", to: ["id"] },
        { columns: ["mark_id"], table: "marks", to: ["id"] },
      ],
    },
  ],
  root: {
    table: "grades",
    key: ["level"],
    mode: "upsert",
    nests: [
      {
        ...ARRAY,
        member: "exams",
        table: "exams",
        key: ["grade_id", "k"],
        link: { grade_id: "id" },
        nests: [
          { ...OBJECT, member: "mark", table: "marks", key: ["mark"], link: { mark_id: "id" } },
        ],
      },
    ],
  },
};

/** Bytes are the keys, what children refer to, and what objects are found by. */
export const STONES: NestShape = {
  title: "keys of bytes",
  flags: ["--binary", "hex"],
  tables: [
    {
      name: "kinds",
      columns: [ID, { name: "tag", type: "bytes", required: true }, N],
      keys: [["id"], ["tag"]],
    },
    {
      name: "stones",
      columns: [
        { name: "uid", type: "bytes", required: true },
        N,
        { name: "kind_id", type: "int" },
      ],
      keys: [["uid"]],
      references: [{ columns: ["kind_id"], table: "kinds", to: ["id"] }],
    },
    {
      name: "chips",
      columns: [{ name: "stone", type: "bytes", required: true }, int("no"), N],
      keys: [["stone", "no"]],
      references: [{ columns: ["stone"], table: "stones", to: ["uid"] }],
    },
  ],
  root: {
    table: "stones",
    key: ["uid"],
    mode: "upsert",
    nests: [
      { ...OBJECT, member: "kind", table: "kinds", key: ["tag"], link: { kind_id: "id" } },
      { ...ARRAY, member: "chips", table: "chips", key: ["stone", "no"], link: { stone: "uid" } },
    ],
  },
};

/** Blanks that are too many are cut. */
export const FIRMS: NestShape = {
  title: "keys that are cut",
  engines: ["postgres"],
  tables: [
    {
      name: "heads",
      columns: [ID, { name: "nick", type: "cut", required: true }, N],
      keys: [["id"], ["nick"]],
    },
    {
      name: "firms",
      columns: [{ name: "code", type: "cut", required: true }, N],
      keys: [["code"]],
    },
    {
      name: "shops",
      columns: [
        { name: "firm", type: "cut", required: true },
        int("no"),
        N,
        { name: "head_id", type: "int" },
      ],
      keys: [["firm", "no"]],
      references: [
        { columns: ["firm"], table: "firms", to: ["code"] },
        { columns: ["head_id"], table: "heads", to: ["id"] },
      ],
    },
  ],
  root: {
    table: "firms",
    key: ["code"],
    mode: "upsert",
    nests: [
      {
        ...ARRAY,
        member: "shops",
        table: "shops",
        key: ["firm", "no"],
        link: { firm: "code" },
        nests: [
          { ...OBJECT, member: "head", table: "heads", key: ["nick"], link: { head_id: "id" } },
        ],
      },
    ],
  },
};

/** A trigger gives some rows a key that no record has: they are there, and nothing can refer to them. */
export const TEAMS: NestShape = {
  title: "keys that a trigger changes",
  engines: ["postgres", "sqlite"],
  tables: [
    { name: "users", columns: [ID, text("name"), N], keys: [["id"], ["name"]], rewrites: "name" },
    { name: "teams", columns: [ID, text("name"), N], keys: [["id"], ["name"]], rewrites: "name" },
    {
      name: "seats",
      columns: [int("team_id"), int("no"), N, { name: "user_id", type: "int" }],
      keys: [["team_id", "no"]],
      references: [
        { columns: ["team_id"], table: "teams", to: ["id"] },
        { columns: ["user_id"], table: "users", to: ["id"] },
      ],
    },
  ],
  root: {
    table: "teams",
    key: ["name"],
    mode: "upsert",
    nests: [
      {
        ...ARRAY,
        member: "seats",
        table: "seats",
        key: ["team_id", "no"],
        link: { team_id: "id" },
        nests: [
          { ...OBJECT, member: "user", table: "users", key: ["name"], link: { user_id: "id" } },
        ],
      },
    ],
  },
};

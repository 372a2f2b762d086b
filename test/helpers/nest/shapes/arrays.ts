/** Schemas whose rows have children: the arrays of records. */
import { ARRAY, ID, N, int, text } from "./parts.ts";
import type { NestShape } from "./parts.ts";

/** Orders with lines with taxes, under the keys of the records; the keys of children hold those of their parents. */
export const ORDERS: NestShape = {
  title: "keys that hold the parent's",
  tables: [
    { name: "orders", columns: [int("id"), N, { name: "note", type: "text" }], keys: [["id"]] },
    {
      name: "lines",
      columns: [int("order_id"), int("line_no"), text("sku"), { ...N, name: "qty" }],
      keys: [["order_id", "line_no"]],
      references: [{ columns: ["order_id"], table: "orders", to: ["id"] }],
    },
    {
      name: "taxes",
      columns: [int("order_id"), int("line_no"), text("code"), { ...N, name: "rate" }],
      keys: [["order_id", "line_no", "code"]],
      references: [
        {
          columns: ["order_id", "line_no"],
          table: "lines",
          to: ["order_id", "line_no"],
          cascades: true,
        },
      ],
    },
  ],
  root: {
    table: "orders",
    key: ["id"],
    mode: "upsert",
    nests: [
      {
        ...ARRAY,
        member: "lines",
        table: "lines",
        key: ["order_id", "line_no"],
        link: { order_id: "id" },
        nests: [
          {
            ...ARRAY,
            member: "taxes",
            table: "taxes",
            key: ["order_id", "line_no", "code"],
            link: { order_id: "order_id", line_no: "line_no" },
          },
        ],
      },
    ],
  },
};

/** The database numbers all rows; items have a key of their own, and move from parent to parent. */
export const BOXES: NestShape = {
  title: "numbers of the database's, and children that move",
  tables: [
    {
      name: "boxes",
      columns: [ID, { name: "code", type: "caseless", required: true }, N],
      keys: [["id"], ["code"]],
    },
    {
      name: "items",
      columns: [ID, { name: "box_id", type: "int" }, text("sku"), { ...N, name: "qty" }],
      keys: [["id"], ["sku"]],
      references: [{ columns: ["box_id"], table: "boxes", to: ["id"] }],
    },
    {
      name: "marks",
      columns: [ID, int("item_id"), text("name"), N],
      keys: [["id"], ["item_id", "name"]],
      references: [{ columns: ["item_id"], table: "items", to: ["id"], cascades: true }],
    },
  ],
  root: {
    table: "boxes",
    key: ["code"],
    mode: "upsert",
    nests: [
      {
        ...ARRAY,
        member: "items",
        table: "items",
        key: ["sku"],
        link: { box_id: "id" },
        nests: [
          {
            ...ARRAY,
            member: "marks",
            table: "marks",
            key: ["item_id", "name"],
            link: { item_id: "id" },
          },
        ],
      },
    ],
  },
};

/** Tags over a link table, as scalars or as objects. */
export const TAGS: NestShape = {
  title: "a link table",
  tables: [
    { name: "pages", columns: [int("id"), N], keys: [["id"]] },
    { name: "tags", columns: [ID, text("name"), N], keys: [["id"], ["name"]] },
    {
      name: "page_tags",
      columns: [int("page_id"), int("tag_id")],
      keys: [["page_id", "tag_id"]],
      references: [
        { columns: ["page_id"], table: "pages", to: ["id"] },
        { columns: ["tag_id"], table: "tags", to: ["id"] },
      ],
    },
  ],
  root: {
    table: "pages",
    key: ["id"],
    mode: "upsert",
    nests: [
      {
        ...ARRAY,
        member: "labels",
        table: "page_tags",
        key: ["page_id", "tag_id"],
        link: { page_id: "id" },
        through: { table: "tags", column: "name", mode: "upsert", link: { tag_id: "id" } },
      },
    ],
  },
};

/** Rows without any key but a number of the database's, with children. */
export const LOGS: NestShape = {
  title: "rows without a key, with children",
  tables: [
    { name: "hosts", columns: [ID, text("name")], keys: [["id"], ["name"]] },
    {
      name: "logs",
      columns: [ID, int("host_id"), text("word")],
      keys: [["id"]],
      references: [{ columns: ["host_id"], table: "hosts", to: ["id"] }],
    },
    {
      name: "entries",
      columns: [ID, int("log_id"), N],
      keys: [["id"]],
      references: [{ columns: ["log_id"], table: "logs", to: ["id"] }],
    },
  ],
  root: {
    table: "hosts",
    key: ["name"],
    mode: "upsert",
    nests: [
      {
        ...ARRAY,
        member: "logs",
        table: "logs",
        key: [],
        mode: "insert",
        link: { host_id: "id" },
        nests: [
          {
            ...ARRAY,
            member: "entries",
            table: "entries",
            key: [],
            mode: "insert",
            link: { log_id: "id" },
          },
        ],
      },
    ],
  },
};

/** A text without case is what children refer to: they get it as it stands in the table. */
export const LANDS: NestShape = {
  title: "a text without case as the parent's key",
  tables: [
    {
      name: "lands",
      columns: [{ name: "code", type: "caseless", required: true }, N],
      keys: [["code"]],
    },
    {
      name: "towns",
      columns: [{ name: "land", type: "caseless", required: true }, text("name"), N],
      keys: [["land", "name"]],
      references: [{ columns: ["land"], table: "lands", to: ["code"] }],
    },
  ],
  root: {
    table: "lands",
    key: ["code"],
    mode: "upsert",
    nests: [
      { ...ARRAY, member: "towns", table: "towns", key: ["land", "name"], link: { land: "code" } },
    ],
  },
};

/** A table whose rows are the parents of its own. */
export const PARTS: NestShape = {
  title: "a table that refers to itself",
  tables: [
    {
      name: "parts",
      columns: [ID, text("name"), N, { name: "whole_id", type: "int" }],
      keys: [["id"], ["name"]],
      references: [{ columns: ["whole_id"], table: "parts", to: ["id"] }],
    },
  ],
  root: {
    table: "parts",
    key: ["name"],
    mode: "upsert",
    nests: [
      { ...ARRAY, member: "pieces", table: "parts", key: ["name"], link: { whole_id: "id" } },
    ],
  },
};

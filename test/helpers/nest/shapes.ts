/** The schemas and levels that the law of nested records is tried on: each hangs its tables together in another way. */
import type { Nest, Level } from "./levels.ts";
import type { NestColumn, NestTable } from "./schema.ts";

/** Tables, and a load into them whose options vary. */
export interface NestShape {
  readonly title: string;
  /** Parents first. */
  readonly tables: readonly NestTable[];
  readonly root: Level;
}

const ID: NestColumn = { name: "id", type: "int", generated: true };
const N: NestColumn = { name: "n", type: "int", below: 8 };

const ARRAY = { relation: "array", mode: "upsert", nests: [] } as const;
const OBJECT = { relation: "object", mode: "upsert", nests: [] } as const;

const text = (name: string): NestColumn => ({ name, type: "text", required: true });
const int = (name: string): NestColumn => ({ name, type: "int", required: true });

/** Orders with lines with taxes, under the keys of the records; the keys of children hold those of their parents. */
const ORDERS: NestShape = {
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
const BOXES: NestShape = {
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

/** Tracks that carry their album, which carries its artist. */
const TRACKS: NestShape = {
  title: "objects within objects",
  tables: [
    {
      name: "artists",
      columns: [ID, { name: "name", type: "caseless", required: true }, N],
      keys: [["id"], ["name"]],
    },
    {
      name: "albums",
      columns: [ID, text("title"), { name: "artist_id", type: "int" }, { ...N, name: "year" }],
      keys: [["id"], ["title"]],
      references: [{ columns: ["artist_id"], table: "artists", to: ["id"] }],
    },
    {
      name: "tracks",
      columns: [int("k"), N, { name: "album_id", type: "int" }],
      keys: [["k"]],
      references: [{ columns: ["album_id"], table: "albums", to: ["id"] }],
    },
  ],
  root: {
    table: "tracks",
    key: ["k"],
    mode: "upsert",
    nests: [
      {
        ...OBJECT,
        member: "album",
        table: "albums",
        key: ["title"],
        link: { album_id: "id" },
        nests: [
          {
            ...OBJECT,
            member: "artist",
            table: "artists",
            key: ["name"],
            link: { artist_id: "id" },
          },
        ],
      },
    ],
  },
};

/** Posts with an author, an array of comments, and each comment with its own writer: both kinds, at both levels. */
const POSTS: NestShape = {
  title: "objects and arrays together",
  tables: [
    { name: "people", columns: [ID, text("email"), N], keys: [["id"], ["email"]] },
    { name: "places", columns: [ID, text("town"), N], keys: [["id"], ["town"]] },
    {
      name: "posts",
      columns: [ID, text("slug"), N, { name: "person_id", type: "int" }],
      keys: [["id"], ["slug"]],
      references: [{ columns: ["person_id"], table: "people", to: ["id"] }],
    },
    {
      name: "comments",
      columns: [ID, int("post_id"), int("no"), N, { name: "place_id", type: "int" }],
      keys: [["id"], ["post_id", "no"]],
      references: [
        { columns: ["post_id"], table: "posts", to: ["id"] },
        { columns: ["place_id"], table: "places", to: ["id"] },
      ],
    },
  ],
  root: {
    table: "posts",
    key: ["slug"],
    mode: "upsert",
    nests: [
      {
        ...OBJECT,
        member: "author",
        table: "people",
        key: ["email"],
        link: { person_id: "id" },
      },
      {
        ...ARRAY,
        member: "comments",
        table: "comments",
        key: ["post_id", "no"],
        link: { post_id: "id" },
        nests: [
          {
            ...OBJECT,
            member: "place",
            table: "places",
            key: ["town"],
            link: { place_id: "id" },
          },
        ],
      },
    ],
  },
};

/** An object's number is a part of the row's key. */
const ROOMS: NestShape = {
  title: "a key that holds an object's",
  tables: [
    { name: "houses", columns: [ID, text("name"), N], keys: [["id"], ["name"]] },
    {
      name: "rooms",
      columns: [int("house_id"), int("no"), N],
      keys: [["house_id", "no"]],
      references: [{ columns: ["house_id"], table: "houses", to: ["id"] }],
    },
    {
      name: "beds",
      columns: [int("house_id"), int("no"), int("at"), text("kind")],
      keys: [["house_id", "no", "at"]],
      references: [{ columns: ["house_id", "no"], table: "rooms", to: ["house_id", "no"] }],
    },
  ],
  root: {
    table: "rooms",
    key: ["house_id", "no"],
    mode: "upsert",
    nests: [
      {
        ...OBJECT,
        member: "house",
        table: "houses",
        key: ["name"],
        link: { house_id: "id" },
      },
      {
        ...ARRAY,
        member: "beds",
        table: "beds",
        key: ["house_id", "no", "at"],
        link: { house_id: "house_id", no: "no" },
        position: { column: "at", from: 1 },
      },
    ],
  },
};

/** Tags over a link table, as scalars or as objects. */
const TAGS: NestShape = {
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
const LOGS: NestShape = {
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

/** One table on two levels: an author and an editor are people. */
const BOOKS: NestShape = {
  title: "a table on two levels",
  tables: [
    { name: "people", columns: [ID, text("email"), N], keys: [["id"], ["email"]] },
    {
      name: "books",
      columns: [
        int("k"),
        N,
        { name: "author_id", type: "int" },
        { name: "editor_id", type: "int" },
      ],
      keys: [["k"]],
      references: [
        { columns: ["author_id"], table: "people", to: ["id"] },
        { columns: ["editor_id"], table: "people", to: ["id"] },
      ],
    },
  ],
  root: {
    table: "books",
    key: ["k"],
    mode: "upsert",
    nests: [
      { ...OBJECT, member: "author", table: "people", key: ["email"], link: { author_id: "id" } },
      { ...OBJECT, member: "editor", table: "people", key: ["email"], link: { editor_id: "id" } },
    ],
  },
};

/** All of them. */
export const NEST_SHAPES: readonly NestShape[] = [
  ORDERS,
  BOXES,
  TRACKS,
  POSTS,
  ROOMS,
  TAGS,
  LOGS,
  BOOKS,
];

/** The levels of a load, the root first. */
export function levelsOf(root: Level): readonly (Level | Nest)[] {
  return [root, ...root.nests.flatMap(levelsOf)];
}

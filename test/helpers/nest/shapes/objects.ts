/** Schemas whose rows refer to others: the objects of records, alone and beside arrays. */
import { ARRAY, ID, N, OBJECT, int, text } from "./parts.ts";
import type { NestShape } from "./parts.ts";

/** Tracks that carry their album, which carries its artist. */
export const TRACKS: NestShape = {
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
export const POSTS: NestShape = {
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
export const ROOMS: NestShape = {
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

/** One table on two levels: an author and an editor are people. */
export const BOOKS: NestShape = {
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

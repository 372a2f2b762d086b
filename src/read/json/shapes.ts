/**
 * Interned shapes of JSON records: the same names in the same order are one object.
 */
import type { FieldKind, RecordShape } from "../../model/record.ts";
import type { JsonMembers } from "./members.ts";

const MAX_SHAPES = 10_000;
// A name is free text: without this, few records with long names could fill the memory.
const MAX_KEY_CHARS = 64 * 1024;

interface Layout {
  readonly names: readonly string[];
  readonly shape: RecordShape;
  /** Where each member goes; `null` when no name is there twice. */
  readonly slots: readonly number[] | null;
  /** The first name that is there twice; `null`: none is. */
  readonly repeated: string | null;
}

/** A record's shape, values and kinds, each name once: the last value wins. */
export interface ShapedMembers {
  readonly shape: RecordShape;
  readonly values: (string | null)[];
  readonly kinds: FieldKind[];
}

/** The shapes of one source. */
export class JsonShapes {
  readonly #layouts = new Map<string, Layout>();
  #last: Layout = { names: [], shape: { fields: [] }, slots: null, repeated: null };

  /** Gives members their shape. */
  shaped(members: JsonMembers): ShapedMembers {
    const layout = this.#layout(members.names);
    const { shape, slots } = layout;
    if (slots === null) return { shape, values: members.values, kinds: members.kinds };
    const values: (string | null)[] = [];
    const kinds: FieldKind[] = [];
    slots.forEach((slot, index) => {
      values[slot] = members.values[index] ?? null;
      kinds[slot] = members.kinds[index] ?? "text";
    });
    return { shape, values, kinds };
  }

  /** The first of the names that is there twice; `null`: none is. */
  repeatedIn(names: readonly string[]): string | null {
    return this.#layout(names).repeated;
  }

  #layout(names: readonly string[]): Layout {
    if (sameNames(this.#last.names, names)) return this.#last;
    // U+0000 is in no name: such records are rejects.
    const key = names.join("\0");
    const known = this.#layouts.get(key);
    const layout = known?.names.length === names.length ? known : layoutOf(names);
    if (known === undefined && this.#layouts.size < MAX_SHAPES && key.length < MAX_KEY_CHARS) {
      this.#layouts.set(key, layout);
    }
    this.#last = layout;
    return layout;
  }
}

function layoutOf(names: readonly string[]): Layout {
  const slots = new Map<string, number>();
  let repeated: string | null = null;
  for (const name of names) {
    if (slots.has(name)) repeated ??= name;
    else slots.set(name, slots.size);
  }
  return {
    names,
    shape: { fields: [...slots.keys()] },
    slots: repeated === null ? null : names.map((name) => slots.get(name) ?? 0),
    repeated,
  };
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

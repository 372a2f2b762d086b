/** Tells which records delete the row of their key: those that have one of the texts of `--delete-when` in its field. */
import { fieldBytes } from "../../model/packed.ts";
import type { PackedFields } from "../../model/packed.ts";
import type { RecordDeletes } from "../../model/load-plan.ts";
import type { RecordShape, SourceRecord } from "../../model/record.ts";

/** A text, and the field of a shape that is to have it. */
interface Mark {
  readonly field: number;
  readonly text: string;
  readonly bytes: Buffer;
}

/** The marks of one load. */
export class DeleteMarks {
  readonly #when: RecordDeletes["when"];
  readonly #ofShape = new WeakMap<RecordShape, readonly Mark[]>();

  constructor(when: RecordDeletes["when"]) {
    this.#when = when;
  }

  /** True for a record that deletes. NULL and what is an object or a list are equal to no text. */
  deletes({ shape, values, kinds }: SourceRecord): boolean {
    return this.#marks(shape).some(
      ({ field, text }) => values[field] === text && kinds?.[field] !== "json",
    );
  }

  /** True where one of the packed records may delete. */
  anyOf(fields: PackedFields): boolean {
    const { records, shape } = fields;
    const width = shape.fields.length;
    return this.#marks(shape).some(({ field, bytes }) => {
      for (let place = field; place < records * width; place += width) {
        if (fieldBytes(fields, place)?.equals(bytes) === true) return true;
      }
      return false;
    });
  }

  #marks(shape: RecordShape): readonly Mark[] {
    let marks = this.#ofShape.get(shape);
    if (marks === undefined) {
      marks = this.#when.flatMap(({ field: name, value: text }) =>
        shape.fields.flatMap((each, field) =>
          each === name || shape.header?.[field]?.name === name
            ? [{ field, text, bytes: Buffer.from(text) }]
            : [],
        ),
      );
      this.#ofShape.set(shape, marks);
    }
    return marks;
  }
}

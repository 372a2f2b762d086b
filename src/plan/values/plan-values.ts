/** What `--value` means to a table: which columns are filled, by which expressions over which fields. Pure. */
import { nearest } from "../../errors/edit-distance.ts";
import { excludedField, quotedInExpression } from "../../errors/expression-names.ts";
import { refusedExpression } from "../../errors/refused-expression.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { KnownFields } from "../../model/header.ts";
import { isValueField, valueFieldName } from "../../model/value-plan.ts";
import type { ValueColumn, ValueField, ValuesPlan } from "../../model/value-plan.ts";
import type { ColumnExpression } from "../../options/grammar.ts";
import type { Options } from "../../options/options.ts";
import { renameExcluded } from "../../sql/excluded-fields.ts";
import { quotesInBrackets } from "../../sql/expressions.ts";
import { expressionsReading } from "../isolation.ts";
import { readOnlyColumn, whyReadOnly } from "../mapping/read-only.ts";
import { fieldLabels } from "../mapping/named-fields.ts";
import { filledTwice, noField } from "../mapping/mapping-errors.ts";
import { requireColumn } from "../names.ts";
import { refuseOpen } from "../open-expression.ts";
import { refuseFilled } from "./filled-twice.ts";
import type { OtherFillings } from "./filled-twice.ts";

const FLAG = "--value";

/** What the expressions are planned from. */
export interface ValuesRequest extends OtherFillings {
  readonly options: Options;
  readonly known: readonly KnownFields[];
  /** No source has other fields than these. */
  readonly allKnown: boolean;
  /** The columns without which no record has a key. */
  readonly needed: ReadonlySet<string>;
}

/** The columns that expressions fill, and what to know of them. */
export interface PlannedValues {
  readonly values: ValuesPlan | null;
  readonly why: readonly string[];
}

/** Throws `PLAN_UNKNOWN_COLUMN`, `PLAN_READ_ONLY_COLUMN`, `PLAN_DUPLICATE_COLUMN`, `PLAN_NO_FIELD`, `PLAN_AMBIGUOUS_FIELD`, `PLAN_EXPRESSION`. */
export function planValues(request: ValuesRequest): PlannedValues {
  const given = request.options.value ?? [];
  if (given.length === 0) return { values: null, why: [] };
  const fields: ValueField[] = [];
  const columns: ValueColumn[] = [];
  for (const each of given) {
    const planned = planValue(request, each, fields);
    if (columns.some(({ column }) => column.name === planned.column.name))
      throw filledTwice(planned.column.name, `by two ${FLAG}`, {
        fix: `leave one ${FLAG} of ${planned.column.name} out`,
        where: FLAG,
      });
    columns.push(planned);
  }
  refuseFilled(request, columns);
  const expressions = given.map(({ expression }) => expression);
  const eachRecord = expressionsReading(expressions, quotesInBrackets(request));
  const often = eachRecord === null ? "" : ", record by record";
  return {
    values: { fields, columns, eachRecord },
    why: columns.map(({ column, given: sql }) => `${column.name} is ${sql} of its record${often}`),
  };
}

function planValue(
  request: ValuesRequest,
  given: ColumnExpression,
  fields: ValueField[],
): ValueColumn {
  const column = requireColumn(request.shape, given.column, FLAG);
  const reason = whyReadOnly(column, request.options.keepIdentity);
  if (reason !== null) {
    const leaveOut = `leave the ${FLAG} of ${column.name} out`;
    throw readOnlyColumn(column, reason, { leaveOut, needed: request.needed, where: FLAG });
  }
  const flag = `${FLAG} "${column.name} = …"`;
  refuseOpen(flag, given.expression, request);
  const read = new Set<number>();
  const { sql, readsAll } = renameExcluded(
    given.expression,
    quotesInBrackets(request),
    (name): string => {
      const place = placeIn(fields, fieldOf(request, name));
      read.add(place);
      return valueFieldName(place);
    },
  );
  if (readsAll) {
    const said = "it names excluded as a whole, and reads fields by name only: excluded.NAME";
    throw refusedExpression(flag, said, undefined);
  }
  return { text: given.text, column, given: given.expression, expression: sql, fields: [...read] };
}

function placeIn(fields: ValueField[], field: ValueField): number {
  const found = fields.findIndex(
    ({ name, isQuoted }) => name === field.name && isQuoted === field.isQuoted,
  );
  return found >= 0 ? found : fields.push(field) - 1;
}

/** The field that is meant, as the sources spell it where they are known. */
function fieldOf({ known, allKnown }: ValuesRequest, field: ValueField): ValueField {
  const names = new Set(
    known.flatMap(({ fields, header }) => header?.map(({ name }) => name) ?? fields),
  );
  if (names.has(field.name)) return { ...field, isQuoted: true };
  const alike = [...names].filter((name) => isValueField(field, name));
  if (alike.length > 1) {
    const candidates = alike.map((name) => `excluded.${quotedInExpression(name)}`);
    throw upsurgeError(
      "PLAN_AMBIGUOUS_FIELD",
      { field: field.name, candidates: alike.join(" and ") },
      { fix: `say which, in quotes: ${candidates.join(" or ")}`, where: FLAG },
    );
  }
  if (alike.length === 0 && allKnown && names.size > 0) throw unknownField(known, field.name);
  return field;
}

function unknownField(known: readonly KnownFields[], field: string): Error {
  const near = nearest(field, fieldLabels(known));
  const fix = near === null ? {} : { fix: `write ${excludedField(near)}` };
  return noField(field, fieldLabels(known), { where: FLAG, ...fix });
}

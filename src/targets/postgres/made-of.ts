/** Values of PostgreSQL made of texts in another form, as expressions for `--value`. */
import { excludedField } from "../../errors/expression-names.ts";
import type { TextForm } from "../../model/text-form.ts";

const EXPRESSIONS: Readonly<Record<TextForm, (text: string, type: string) => string>> = {
  // As text, so that 1.5 is no number of the column and is not rounded.
  whole: (text) => `trim_scale(${text}::numeric)::text`,
  "json-array": (text, type) =>
    `case when ${text} is not null then array(select jsonb_array_elements_text(${text}::jsonb))::${type} end`,
  seconds: (text, type) => inZone(`to_timestamp(${text}::numeric)`, type),
  milliseconds: (text, type) => inZone(`to_timestamp(${text}::numeric / 1000)`, type),
  commas: (text, type) => parted(text, ",", type),
  semicolons: (text, type) => parted(text, ";", type),
  bars: (text, type) => parted(text, "|", type),
  "json-text": (text) => `to_jsonb(${text})`,
  "minus-behind": (text) =>
    `case when ${text} like '%-' then '-' || rtrim(${text}, '-') else ${text} end`,
  "zone-behind": (text) => `regexp_replace(${text}, '[[][^]]*[]]$', '')`,
  instant: (text, type) =>
    type.startsWith("time ")
      ? `(${text}::timetz at time zone 'UTC')::time`
      : `${text}::timestamptz at time zone 'UTC'`,
  days: (text) => `date '1899-12-30' + ${text}::int`,
};

/** The expression that makes a value of `type` of the field's text. One that is no such text is still refused. */
export function madeOf(form: TextForm, field: string, type: string): string {
  return EXPRESSIONS[form](excludedField(field), type);
}

/** An array as PostgreSQL writes it stays one. */
function parted(text: string, mark: string, type: string): string {
  const parts = `regexp_split_to_array(${text}, ' *[${mark}] *')`;
  return `case when ${text} like '{%}' then ${text}::${type} else ${parts}::${type} end`;
}

function inZone(instant: string, type: string): string {
  if (type === "date") return `(${instant} at time zone 'UTC')::date`;
  return type.includes("without time zone") ? `${instant} at time zone 'UTC'` : instant;
}

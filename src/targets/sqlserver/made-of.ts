/** Values of SQL Server made of texts in another form, as expressions for `--value`. */
import { excludedField } from "../../errors/expression-names.ts";
import type { TextForm } from "../../model/text-form.ts";

/** The expression that makes a value of `type` of the field's text; `null` where none is known. */
export function madeOf(form: TextForm, field: string, type: string): string | null {
  if (form !== "instant") return null;
  const instant = `CAST(${excludedField(field)} AS datetimeoffset(7))`;
  return `CAST(SWITCHOFFSET(${instant}, '+00:00') AS ${type})`;
}

/** Forms in which sources write values and databases do not read them, though an expression makes the value. */

/**
 * `whole`: a whole number with a decimal point or an exponent. `json-array`: an array of plain values as JSON. `seconds`,
 * `milliseconds`: a time since 1970. `days`: a date as a spreadsheet counts it. `commas`, `semicolons`, `bars`: values of an array
 * with these between them.
 */
export type TextForm =
  | "whole"
  | "json-array"
  | "seconds"
  | "milliseconds"
  | "days"
  | "commas"
  | "semicolons"
  | "bars";

/** Forms in which sources write values and databases do not read them, though an expression makes the value. */

/**
 * `whole`: a whole number with a decimal point or an exponent. `minus-behind`: a number whose minus is at its end. `json-array`: an
 * array of plain values as JSON. `json-text`: a text for a column of JSON. `seconds`, `milliseconds`: a time since 1970. `days`: a date as
 * a spreadsheet counts it. `zone-behind`: a time with the name of its time zone in brackets. `instant`: a time with an offset, as a
 * time of UTC. `commas`, `semicolons`, `bars`: values of an array with these between them.
 */
export type TextForm =
  | "whole"
  | "json-array"
  | "seconds"
  | "milliseconds"
  | "days"
  | "json-text"
  | "minus-behind"
  | "zone-behind"
  | "instant"
  | "commas"
  | "semicolons"
  | "bars";

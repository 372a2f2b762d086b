/** Every code of a rejected record, once: what is wrong with it, and its fix. `docs/reference/errors.md` is generated from this. */
import type { RowCode } from "../model/reject.ts";

/** What a reject's code says. */
export interface RowTexts {
  readonly title: string;
  readonly fix: string;
}

/** Code → texts; the same fault has the same code on every target. */
export const ROW_CODES: Readonly<Record<RowCode, RowTexts>> = {
  ROW_ENCODING: {
    title: "bytes that are not valid in the source's encoding",
    fix: "say which encoding it is with --encoding, often latin1 or windows-1252, or correct the record",
  },
  ROW_NUL: {
    title: "a text with the character U+0000, which the database cannot store",
    fix: "take the character out of the record",
  },
  ROW_SURROGATE: {
    title: "a JSON text with half a surrogate pair",
    fix: "write the character whole, as \\uD83D\\uDE00 or as itself",
  },
  ROW_QUOTES: {
    title: "text after a closing quote, or a quote inside a field that has none",
    fix: "double quotes inside a quoted field, or pass --quote '' if quotes mean nothing",
  },
  ROW_FIELD_COUNT: {
    title: "more or fewer fields than the header",
    fix: "correct the record, or pass --missing-fields null or --extra-fields ignore",
  },
  ROW_TOO_LARGE: {
    title: "a record longer than --max-record-bytes",
    fix: "raise --max-record-bytes, or correct the record",
  },
  ROW_JSON: {
    title: "a line that is not valid JSON",
    fix: "correct the JSON",
  },
  ROW_NOT_OBJECT: {
    title: "JSON that is not an object, so its values have no names",
    fix: 'write each record as an object: {"id": 1}',
  },
  ROW_TOO_DEEP: {
    title: "JSON nested too deeply",
    fix: "flatten the value, or keep it as a text",
  },
  ROW_MEMBERS: {
    title: "a JSON object with more members than any table has columns",
    fix: "nest them as one value, or drop those without a column with --extra-fields ignore",
  },
  ROW_PATH: {
    title:
      "a value that is no object, where a dotted name of --map or --lookup takes a member out of it",
    fix: "write it as an object or as null",
  },
  ROW_UNKNOWN_FIELD: {
    title: "a field that has no column",
    fix: "map it with --map field:column, drop it with --map field: or pass --extra-fields ignore",
  },
  ROW_NO_KNOWN_FIELD: {
    title: "a record of which no field has a column: its row would hold nothing of it",
    fix: "map a field of it with --map field:column, or take the record out",
  },
  ROW_TWO_FIELDS: {
    title: "two fields of one record for the same column",
    fix: "leave one of them out of the record",
  },
  ROW_MISSING_FIELD: {
    title: "a field that the record lacks, under --missing-fields error",
    fix: "add the field, or pass --missing-fields default or null",
  },
  ROW_NULL_KEY: {
    title: "a NULL in a key column: every run would insert it again",
    fix: "fill the key, or pass --null-key match or insert",
  },
  ROW_TYPE: {
    title: "a value that the column's type does not take",
    fix: "correct the value; --null TOKEN makes NULL of texts such as N/A",
  },
  ROW_RANGE: {
    title: "a number or time outside the column's range",
    fix: "correct the value, or widen the column",
  },
  ROW_LENGTH: {
    title: "a text too long for the column",
    fix: "shorten the text, or widen the column",
  },
  ROW_NOT_NULL: {
    title: "no value for a column that must have one",
    fix: "fill the field, or give the column a value with --const",
  },
  ROW_CHECK: {
    title: "a row that breaks a check constraint",
    fix: "correct the value, or change the check constraint",
  },
  ROW_UNIQUE: {
    title: "a row that another unique key forbids",
    fix: "correct the record, or choose that key with --key or --constraint",
  },
  ROW_FOREIGN_KEY: {
    title: "a row that refers to a row that is not there",
    fix: "load the other table first, or correct the reference",
  },
  ROW_REFERENCED: {
    title: "a delete of a row that others refer to",
    fix: "delete the rows that refer to it first, and then load the record again",
  },
  ROW_LOOKUP: {
    title: "a key that no row of the table of a look-up has",
    fix: "load the other table first, or correct the record; --lookup-missing null leaves the column NULL, insert makes the row",
  },
  ROW_LOOKUP_SEVERAL: {
    title: "a key that several rows of the table of a look-up have",
    fix: "name further columns in --lookup, until they find one row; or remove the rows that are there twice",
  },
  ROW_LOOKUP_PARTIAL: {
    title: "a record with only a part of the key of a look-up",
    fix: "fill all fields of the key, or leave all of them empty for NULL",
  },
  ROW_NEST: {
    title: "a member that is not what --nest takes it for",
    fix: "write an array of objects where rows refer to the row of the record (or of texts and numbers, where the level has value: COLUMN), and an object where the record refers to a row; null and a member that is left out are taken as well",
  },
  ROW_NEST_KEY: {
    title: "a row that rows of another level are linked to, and that has no value for the link",
    fix: "give the record a value for the column, or a whole key by which its row is found, as the table stores it",
  },
  ROW_REFUSED: {
    title: "a row that the database refused for another reason",
    fix: "correct the record as the database's message says",
  },
};

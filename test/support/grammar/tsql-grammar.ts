/**
 * Holds texts against a full T-SQL grammar, and against rules of the server that the grammar leaves out.
 * What a statement means, and whether the objects it names exist, is for other layers to prove.
 */
import { CharStreams, CommonTokenStream } from "antlr4ts";
import type { CharStream } from "antlr4ts";
import { PredictionMode } from "antlr4ts/atn/PredictionMode.js";
import { TSqlLexer } from "antlr4ts-sql/dist/src/grammar-output/tsql/TSqlLexer.js";
import { TSqlParser } from "antlr4ts-sql/dist/src/grammar-output/tsql/TSqlParser.js";
import { brokenRules } from "./server-rules.ts";

/** What was found, by text: the same text turns up in many plans, and parsing is slow. */
const known = new Map<string, readonly string[]>();

/** What is wrong with a batch: syntax errors with line and column, and broken rules. Empty when it passes. */
export function checkTsql(sql: string, parameters: readonly string[] = []): readonly string[] {
  const syntax = known.get(sql) ?? syntaxErrors(sql);
  known.set(sql, syntax);
  return [...syntax, ...brokenRules(sql, parameters)];
}

/** The grammar's errors alone. What passes the fast prediction passes the full one; what does not may still. */
function syntaxErrors(sql: string): string[] {
  return parse(sql, PredictionMode.SLL).length === 0 ? [] : parse(sql, PredictionMode.LL);
}

/** What the grammar tells a listener, of which place and message count. */
type Found = [recognizer: unknown, token: unknown, line: number, column: number, message: string];

function parse(sql: string, mode: PredictionMode): string[] {
  const errors: string[] = [];
  const listener = {
    syntaxError: (...[, , line, column, message]: Found) => {
      errors.push(`${line}:${column} ${message}`);
    },
  };
  const lexer = new TSqlLexer(inCapitals(withoutGaps(sql)));
  lexer.removeErrorListeners();
  lexer.addErrorListener(listener);
  const parser = new TSqlParser(new CommonTokenStream(lexer));
  parser.interpreter.setPredictionMode(mode);
  parser.removeErrorListeners();
  parser.addErrorListener(listener);
  parser.tsql_file();
  return errors;
}

/** The grammar knows keywords in capitals only; texts stay as they are. */
function inCapitals(sql: string): CharStream {
  const stream = CharStreams.fromString(sql);
  const lookAhead = stream.LA.bind(stream);
  stream.LA = (offset) => {
    const point = lookAhead(offset);
    return point <= 0 ? point : (String.fromCodePoint(point).toUpperCase().codePointAt(0) ?? point);
  };
  return stream;
}

/** Right T-SQL that the grammar does not know, in a spelling of the same form that it knows. */
function withoutGaps(sql: string): string {
  return sql.replaceAll(/\bSET TEXTSIZE (?=\d)/g, "SET ROWCOUNT ");
}

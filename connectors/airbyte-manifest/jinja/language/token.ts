export type Operator =
  | "+"
  | "-"
  | "/"
  | "//"
  | "*"
  | "%"
  | "**"
  | "~"
  | "["
  | "]"
  | "("
  | ")"
  | "{"
  | "}"
  | "=="
  | "!="
  | ">"
  | ">="
  | "<"
  | "<="
  | "="
  | "."
  | ":"
  | "|"
  | ","
  | ";";

export type TokenType =
  | Operator
  | "data"
  | "variable_begin"
  | "variable_end"
  | "block_begin"
  | "block_end"
  | "name"
  | "string"
  | "integer"
  | "float"
  | "end";

export interface Token {
  readonly type: TokenType;
  /** The text; of a string its value. */
  readonly text: string;
  readonly line: number;
}

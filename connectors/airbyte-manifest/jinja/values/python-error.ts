/** The Python exceptions that templates raise, by class name: some decide what a template's value is. */
export type PythonErrorType =
  | "AssertionError"
  | "AttributeError"
  | "Error"
  | "error"
  | "FilterArgumentError"
  | "IndexError"
  | "ISO8601Error"
  | "KeyError"
  | "LookupError"
  | "OverflowError"
  | "SecurityError"
  | "SyntaxError"
  | "TemplateAssertionError"
  | "TemplateRuntimeError"
  | "TemplateSyntaxError"
  | "TypeError"
  | "UndefinedError"
  | "UnicodeDecodeError"
  | "UnicodeEncodeError"
  | "UnknownTimeZoneError"
  | "ValueError"
  | "ZeroDivisionError";

/** An exception of the Python language or its library; does not leave this folder as it is. */
export class PythonError extends Error {
  readonly type: PythonErrorType;

  constructor(type: PythonErrorType, message: string) {
    super(message);
    this.name = "PythonError";
    this.type = type;
  }
}

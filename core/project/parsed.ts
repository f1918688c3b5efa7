import { z } from "zod";
import { ConfigError } from "../../sdk/errors.js";

/** A schema whose value is parsed further by a function that throws ConfigError. */
export function parsed<Input extends z.ZodType, Output>(input: Input, parse: (value: z.output<Input>) => Output) {
  return input.transform((value, context): Output => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      context.addIssue({
        code: "custom",
        message: error.message,
        params: { code: error.code, hint: error.hint },
      });
      return z.NEVER;
    }
  });
}

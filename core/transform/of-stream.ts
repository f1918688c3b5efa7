import { ConfigError } from "../../sdk/errors.js";

/** The error, told of the stream. */
export function ofStream(error: ConfigError, stream: string): ConfigError {
  const { code, message, hint, column, option, cause } = error;
  return new ConfigError(code, `stream '${stream}': ${message}`, {
    stream,
    cause,
    ...(hint === undefined ? {} : { hint }),
    ...(column === undefined ? {} : { column }),
    ...(option === undefined ? {} : { option }),
  });
}

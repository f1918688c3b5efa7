import type { HttpSurroundings } from "./create-http.js";
import type { Http, HttpOptions } from "./http.js";

/**
 * Opens a client; its driver loads only now. The context that a connector is opened with has what is needed.
 * @throws ConfigError `http.invalid_url`
 */
export async function openHttp(options: HttpOptions, surroundings: HttpSurroundings): Promise<Http> {
  const { createHttp } = await import("./create-http.js");
  return createHttp(options, surroundings);
}

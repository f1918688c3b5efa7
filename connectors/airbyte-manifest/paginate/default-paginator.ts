import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyDict } from "../jinja/values/value.js";
import { type Component, child, requiredChild, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import { mergeObjects } from "../requests/merge-options.js";
import { createRequestOption } from "../requests/request-option.js";
import type { Slice } from "../slices/slice.js";
import { noPagination, type Paginator } from "./paginator.js";
import { createPageStrategy, type StrategyOptions } from "./strategy.js";

export interface PaginatorOptions extends StrategyOptions {
  /** With a feed in order of time: whether a record still belongs to what is to be read. The pages end with one that does not. */
  readonly within?: ((record: PyDict, slice: Slice) => boolean) | undefined;
}

/** A DefaultPaginator or NoPagination. */
export function createPaginator(component: Component | undefined, options: PaginatorOptions): Paginator {
  if (component === undefined || typeOf(component) === "NoPagination") return noPagination;
  if (typeOf(component) !== "DefaultPaginator") return refuseCustom(component, "a paginator");
  const { templates } = options.runtime;
  const strategy = createPageStrategy(requiredChild(component, "pagination_strategy"), options);
  const sizeComponent = child(component, "page_size_option");
  const sizeOption = sizeComponent === undefined ? undefined : createRequestOption(sizeComponent, templates, pyDict());
  const tokenComponent = child(component, "page_token_option");
  const isPath = tokenComponent !== undefined && typeOf(tokenComponent) === "RequestPath";
  const tokenOption =
    tokenComponent === undefined || isPath ? undefined : createRequestOption(tokenComponent, templates, pyDict());
  if (sizeOption !== undefined && !isTruthy(strategy.size() ?? null)) {
    throw new ConfigError(
      "manifest.page_size",
      "a paginator of the manifest has a page_size_option, and its strategy no page_size",
    );
  }
  if (sizeOption !== undefined && tokenOption !== undefined && sizeOption.place === tokenOption.place) {
    const [size, token] = [pyDict(), pyDict()];
    sizeOption.inject(size, "size");
    tokenOption.inject(token, "token");
    mergeObjects([size, token], sizeOption.place === "body_json");
  }
  return {
    firstToken: strategy.firstToken,
    next(page) {
      if (page.lastRecord !== undefined && options.within?.(page.lastRecord, page.slice) === false) return undefined;
      const token = strategy.next(page);
      return token === undefined || !isTruthy(token) ? undefined : token;
    },
    path: (token) => (isPath && token !== undefined && isTruthy(token) ? str(token) : undefined),
    options(place, _slice, token) {
      const given = pyDict();
      if (tokenOption?.place === place && token !== undefined) tokenOption.inject(given, token);
      const size = sizeOption?.place === place ? strategy.size() : undefined;
      if (size !== undefined && isTruthy(size)) sizeOption?.inject(given, size);
      return given;
    },
  };
}

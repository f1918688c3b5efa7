import { ConfigError } from "../../../sdk/errors.js";
import {
  type Component,
  child,
  children,
  field,
  flag,
  integer,
  parametersOf,
  requiredChild,
  requiredText,
  text,
  typeOf,
} from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import type { Runtime } from "../runtime.js";
import { isDict } from "../value/is-dict.js";
import { groupingRouter } from "./grouping-router.js";
import { createListRouter } from "./list-router.js";
import { productRouter } from "./product-router.js";
import { type Router, singleRouter } from "./router.js";
import { createSubstreamRouter, type OpenParent } from "./substream-router.js";
import { unionRouter } from "./union-router.js";

/** The router of a retriever: its `partition_router`, several of them as every combination, or one partition for all. */
export function buildRouter(retriever: Component, runtime: Runtime, openParent: OpenParent): Router {
  const routers = children(retriever, "partition_router").map((router) => create(router, runtime, openParent));
  if (Array.isArray(field(retriever, "partition_router"))) return productRouter(routers);
  return routers[0] ?? singleRouter;
}

function create(component: Component, runtime: Runtime, openParent: OpenParent): Router {
  const nested = (inner: Component) => create(inner, runtime, openParent);
  switch (typeOf(component)) {
    case "ListPartitionRouter":
      return createListRouter(component, runtime);
    case "SubstreamPartitionRouter":
      return createSubstreamRouter(component, runtime, openParent);
    case "GroupingPartitionRouter": {
      const inner = requiredChild(component, "underlying_partition_router");
      const size = integer(component, "group_size") ?? 0;
      if (size < 1) throw new ConfigError("manifest.grouping", `a GroupingPartitionRouter groups by ${size}`);
      refuseOptions(inner, "GroupingPartitionRouter");
      return groupingRouter({ size, router: nested(inner), deduplicate: flag(component, "deduplicate", true) });
    }
    case "UnionPartitionRouter": {
      const inner = children(component, "partition_routers");
      for (const router of inner) refuseOptions(router, "UnionPartitionRouter");
      const partitionField = runtime.templates.text(
        requiredText(component, "partition_field"),
        parametersOf(component),
      );
      return unionRouter(inner.map(nested), partitionField);
    }
    default:
      return refuseCustom(component, "a partition router");
  }
}

/** Partitions that are put together cannot each add to a request. */
function refuseOptions(router: Component, around: string): void {
  const holders = [router, ...children(router, "parent_stream_configs")];
  if (holders.every((holder) => child(holder, "request_option") === undefined)) return;
  throw new ConfigError("manifest.request_option", `request options do not work within a ${around}`);
}

/** Whether a stream has partitions at all. */
export function hasPartitions(retriever: Component): boolean {
  const router = field(retriever, "partition_router");
  return isDict(router) ? text(router, "type") !== undefined : Array.isArray(router);
}

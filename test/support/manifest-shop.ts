import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly total: string;
  readonly updated_at: string;
}

/** A request that the server was sent. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
}

export interface ShopServer {
  readonly url: string;
  readonly orders: Order[];
  /** What is told of single customers; a list of its own, so that one may grow without the other. */
  readonly customerOrders: Order[];
  readonly seen: Seen[];
  /** Answers the next requests in place of the shop; undefined lets the shop answer. */
  intercept: (
    request: Seen,
  ) => { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } | undefined;
  close(): Promise<void>;
}

/** A shop: `/customers`, and `/orders?since=…&customer=…&page=…` with three orders a page, for those who bring the token. */
export async function shopServer(orders: Order[]): Promise<ShopServer> {
  const shop: Omit<ShopServer, "url" | "close"> = {
    orders,
    customerOrders: [...orders],
    seen: [],
    intercept: () => undefined,
  };

  function answer(request: IncomingMessage): { status: number; headers?: Record<string, string>; body?: string } {
    const { pathname, searchParams: query } = new URL(request.url ?? "/", "http://shop");
    const seen = { method: request.method ?? "", path: pathname, query, authorization: request.headers.authorization };
    shop.seen.push(seen);
    const other = shop.intercept(seen);
    if (other !== undefined) return other;
    if (seen.authorization !== "Bearer sesame-open") return { status: 401, body: '{"message":"who are you"}' };
    if (pathname === "/customers") {
      const names = [...new Set(shop.customerOrders.map(({ customer }) => customer))];
      return { status: 200, body: JSON.stringify({ data: names.map((name) => ({ name, plan: { seats: 1.0 } })) }) };
    }
    const [since, customer] = [query.get("since") ?? "", query.get("customer")];
    const page = Number(query.get("page") ?? 1);
    const found = (customer === null ? orders : shop.customerOrders)
      .filter((order) => order.updated_at >= since && (customer === null || order.customer === customer))
      .slice((page - 1) * 3, page * 3)
      .map((order) => JSON.stringify(order).replace(`"${order.total}"`, order.total));
    return { status: 200, body: `{"data":[${found.join(",")}]}` };
  }

  const server = createServer((request, response) => {
    request.resume();
    const { status, headers = {}, body = "" } = answer(request);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(shop, {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

export function order(id: number, customer = "ann", updatedAt = `2024-02-0${1 + Math.floor(id / 2)}T00:00:00Z`): Order {
  return { id, customer, total: `${id}.25`, updated_at: updatedAt };
}

/** The manifest of the shop: orders by time, and the orders of each customer. */
export function shopManifest(url: string): string {
  return `
version: 6.0.0
type: DeclarativeSource
definitions:
  requester:
    type: HttpRequester
    url_base: ${url}
    authenticator: { type: BearerAuthenticator, api_token: "{{ config['token'] }}" }
  paginator:
    type: DefaultPaginator
    page_token_option: { type: RequestOption, inject_into: request_parameter, field_name: page }
    pagination_strategy: { type: PageIncrement, start_from_page: 1, page_size: 3 }
  selector:
    type: RecordSelector
    extractor: { type: DpathExtractor, field_path: [data] }
  cursor:
    type: DatetimeBasedCursor
    cursor_field: updated_at
    datetime_format: "%Y-%m-%dT%H:%M:%SZ"
    start_datetime: "2024-01-01T00:00:00Z"
    start_time_option: { type: RequestOption, inject_into: request_parameter, field_name: since }
  order_schema:
    type: InlineSchemaLoader
    schema:
      type: object
      properties:
        id: { type: [integer, "null"] }
        customer: { type: [string, "null"] }
        total: { type: [number, "null"] }
        updated_at: { type: [string, "null"], format: date-time }
  customers:
    type: DeclarativeStream
    name: customers
    primary_key: name
    retriever:
      type: SimpleRetriever
      requester: { $ref: "#/definitions/requester", path: customers }
      record_selector: "#/definitions/selector"
    schema_loader:
      type: InlineSchemaLoader
      schema: { type: object, properties: { name: { type: string }, plan: { type: object } } }
streams:
  - type: DeclarativeStream
    name: orders
    primary_key: id
    incremental_sync: "#/definitions/cursor"
    retriever:
      type: SimpleRetriever
      requester: { $ref: "#/definitions/requester", path: orders }
      paginator: "#/definitions/paginator"
      record_selector: "#/definitions/selector"
    schema_loader: "#/definitions/order_schema"
  - "#/definitions/customers"
  - type: DeclarativeStream
    name: customer_orders
    primary_key: [id]
    incremental_sync: "#/definitions/cursor"
    retriever:
      type: SimpleRetriever
      requester: { $ref: "#/definitions/requester", path: orders }
      paginator: "#/definitions/paginator"
      record_selector: "#/definitions/selector"
      partition_router:
        type: SubstreamPartitionRouter
        parent_stream_configs:
          - type: ParentStreamConfig
            parent_key: name
            partition_field: customer
            stream: "#/definitions/customers"
            request_option: { type: RequestOption, inject_into: request_parameter, field_name: customer }
    schema_loader: "#/definitions/order_schema"
  - type: DeclarativeStream
    name: reports
    retriever:
      type: CustomRetriever
      class_name: source_declarative_manifest.components.ReportRetriever
check: { type: CheckStream, stream_names: [customers] }
spec:
  type: Spec
  connection_specification:
    type: object
    required: [token]
    properties:
      token: { type: string, airbyte_secret: true }
`;
}

// An API that lists records, from memory. usage: rest-server.js FILE PAGE_SIZE; prints its port, ends with its input.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const [file, pageSize] = process.argv.slice(2);
const pages = pagesOf(readFileSync(file!), Number(pageSize));

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url!, "http://server");
  const index = pathname === "/by_page" ? Number(searchParams.get("page")) - 1 : Number(searchParams.get("after") ?? 0);
  const next = index + 1 < pages.length ? `"${index + 1}"` : "null";
  const head = Buffer.from(`{"meta":{"pages":${pages.length},"next":${next}},"data":[`);
  const body = Buffer.concat([head, pages[index] ?? Buffer.alloc(0), Buffer.from("]}")]);
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
process.stdin.on("end", () => process.exit()).resume();

/** The lines of a file, so many together, with commas between them. */
function pagesOf(lines: Buffer, size: number): Buffer[] {
  const list: Buffer[] = [];
  for (let start = 0; start < lines.length; ) {
    let end = start;
    for (let line = 0; line < size && end < lines.length; line++) end = lines.indexOf(0x0a, end) + 1;
    list.push(Buffer.from(lines.toString("latin1", start, end - 1).replaceAll("\n", ","), "latin1"));
    start = end;
  }
  return list;
}

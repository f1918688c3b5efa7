import duckdb from "@duckdb/node-bindings";
import { isNull } from "../../batch/vector.js";
import { bytesBuilder } from "../../batch/vector-builder.js";
import { scalar } from "../../schema/column-type.js";
import { openColumn } from "./chunk-column.js";
import { columnGatherer } from "./column-gatherer.js";
import { fillVector, vectorType } from "./fill.js";

/** Makes a function from text to text known to a database; null gives null. */
export function registerTextFunction(
  connection: duckdb.Connection,
  name: string,
  convert: (text: string) => string,
): void {
  const type = scalar("string");
  const decoder = new TextDecoder();
  const definition = duckdb.create_scalar_function();
  duckdb.scalar_function_set_name(definition, name);
  duckdb.scalar_function_add_parameter(definition, vectorType(type));
  duckdb.scalar_function_set_return_type(definition, vectorType(type));
  duckdb.scalar_function_set_function(definition, (_, input, output) => {
    const rows = duckdb.data_chunk_get_size(input);
    const gatherer = columnGatherer(type, { rows, bytes: 0 });
    gatherer.append(openColumn(duckdb.data_chunk_get_vector(input, 0), type, rows), 0, rows);
    const given = gatherer.finish();
    const texts = bytesBuilder();
    if (given.layout !== "bytes") return;
    for (let row = 0; row < rows; row++) {
      if (isNull(given, row)) texts.appendNull();
      else texts.appendText(convert(decoder.decode(given.data.subarray(given.offsets[row], given.offsets[row + 1]))));
    }
    fillVector(output, { name }, type, texts.finish(), 0, rows);
  });
  duckdb.register_scalar_function(connection, definition);
}

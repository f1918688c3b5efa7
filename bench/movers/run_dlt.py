"""Runs dlt for the benchmark with its fastest documented settings: connectorx, streamed Arrow batches, Parquet, ADBC.

usage: run_dlt.py SOURCE_URL TABLE DESTINATION TARGET DATASET PIPELINES_DIR WRITE [CURSOR KEY]
       run_dlt.py SOURCE_URL TABLE DESTINATION TARGET DATASET PIPELINES_DIR WRITE WORK
  DESTINATION  duckdb | postgres | filesystem        TARGET  a path or a URL        WRITE  replace | merge
  WORK         refine | reject: what is done to the rows on their way; see events_work.py
"""

import sys

import dlt
import events_work
from dlt.sources.filesystem import filesystem, read_csv_duckdb
from dlt.sources.sql_database import sql_table


def resource(source, table, cursor, key):
    if source.startswith("/"):
        folder, name = source.rsplit("/", 1)
        return (filesystem(bucket_url=f"file://{folder}", file_glob=name) | read_csv_duckdb(use_pyarrow=True, chunk_size=50_000)).with_name(table)
    rows = sql_table(
        credentials=source.replace("postgres://", "postgresql+psycopg2://", 1),
        table=table,
        schema="public",
        backend="connectorx",
        backend_kwargs={"return_type": "arrow_stream", "batch_size": 50_000},
        incremental=dlt.sources.incremental(cursor) if cursor else None,
    )
    if key:
        rows.apply_hints(primary_key=key)
    return rows


def destination(name, target):
    if name == "duckdb":
        return dlt.destinations.duckdb(target)
    if name == "postgres":
        return dlt.destinations.postgres(target.replace("postgres://", "postgresql://", 1))
    return dlt.destinations.filesystem(f"file://{target}")


source, table, kind, target, dataset, pipelines_dir, write, *rest = sys.argv[1:]
cursor, key = rest if len(rest) == 2 else (None, None)
rows = resource(source, table, cursor, key)
if len(rest) == 1:
    rows = rows.add_map(getattr(events_work, rest[0]))
pipeline = dlt.pipeline(
    "bench", pipelines_dir=pipelines_dir, destination=destination(kind, target), dataset_name=dataset
)
pipeline.run(rows, write_disposition=write, loader_file_format="parquet")

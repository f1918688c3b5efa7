"""Runs dlt's REST source for the benchmark, into DuckDB by way of Parquet, with a worker for each core.

usage: run_dlt_rest.py BASE_URL PATH page|cursor TABLE TARGET DATASET PIPELINES_DIR
"""

import sys

import dlt
from dlt.sources.rest_api import rest_api_source

base_url, path, by, table, target, dataset, pipelines_dir = sys.argv[1:]
paginators = {
    "page": {"type": "page_number", "base_page": 1, "total_path": "meta.pages"},
    "cursor": {"type": "cursor", "cursor_path": "meta.next", "cursor_param": "after"},
}
source = rest_api_source(
    {
        "client": {"base_url": base_url, "paginator": paginators[by]},
        "resources": [{"name": table, "endpoint": {"path": path, "data_selector": "data"}}],
    }
)
pipeline = dlt.pipeline(
    "bench_rest", pipelines_dir=pipelines_dir, destination=dlt.destinations.duckdb(target), dataset_name=dataset
)
pipeline.run(source, write_disposition="replace", loader_file_format="parquet")

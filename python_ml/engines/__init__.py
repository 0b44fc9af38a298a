"""The doors: DuckDB, dbt and MLflow, and the tables that Python reads and owns.

No decisions here. `duckdb`, `dbt` and `mlflow` are imported in no other room; Spark's door is
in its own.
"""

"""From delivered files to raw lines: found, told apart, loaded, forgotten; answers go the same way.

Reads RAW_DATA_DIR and writes schema `raw`; what the lines mean is dbt's business.
"""

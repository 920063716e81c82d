"""Files that people send, CSV or XLSX, read as numbered rows under known headings."""

"""What machines read: records, exports, the API, citations, JSON-LD, feeds, sitemaps."""

"""The benchmarks behind `docs/performance.md`: the site against itself in SQL, against Datasette and against nginx."""

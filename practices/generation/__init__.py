"""Made-up French practices for load tests and benchmarks; the command `generate_practices` asks for them."""

"""A shop with a community around it: the schema that the benchmarks run on."""

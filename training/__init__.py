"""What is made before the program runs: models from public data, each written as a data file with its card."""

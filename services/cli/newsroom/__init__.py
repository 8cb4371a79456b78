"""The sample newsroom: a small local web site of invented outlets, so that a newcomer sees real alerts at once."""

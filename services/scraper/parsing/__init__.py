"""From hostile bytes to values: pure functions with picklable arguments and results, to be run in a killable child."""

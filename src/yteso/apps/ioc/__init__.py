"""The operations centre: what happens in the province today, each figure with its time, its coverage and its rows."""

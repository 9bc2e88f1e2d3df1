"""How well the line tells risk from ordinary life: figures, plots and a report, misses included."""

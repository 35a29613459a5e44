"""Long work: trainings and what else takes minutes, on this machine or on a cluster."""

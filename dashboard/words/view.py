"""What the choices of stage and scale are called."""

SCALES = {
    "layer": "scale: one per layer",
    "map": "scale: one per map",
    "data": "scale: whole test set",
    "grey": "scale: article's grey",
}
STAGES = {"post": "after activation", "pre": "before activation"}

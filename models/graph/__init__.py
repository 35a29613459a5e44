"""What a network is: a graph of nodes, read from a Keras model of any shape; importing it needs no Keras."""

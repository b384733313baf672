name = "ours"

def where():
    return "inner"

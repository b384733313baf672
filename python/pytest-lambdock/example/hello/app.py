def handler(event, context):
    name = event.get("name", "world")
    print("greeting", name)
    return {"message": f"Hello, {name}!"}

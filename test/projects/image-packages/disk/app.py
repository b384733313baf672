def handler(event, context):
    try:
        with open("/data/file.txt", "a") as file:
            file.write("more")
        return "written"
    except OSError as error:
        with open("/data/file.txt") as file:
            return [error.strerror, file.read().strip()]

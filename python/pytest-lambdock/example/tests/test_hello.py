import json


def test_greets_by_name(lambdock):
    result = lambdock.invoke("hello", {"name": "Ada"})
    assert result.function_error is None
    assert result.payload == {"message": "Hello, Ada!"}


def test_boto3_reaches_it(lambda_client):
    response = lambda_client.invoke(FunctionName="hello", Payload=b'{"name": "Grace"}')
    assert json.load(response["Payload"]) == {"message": "Hello, Grace!"}

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.parser import BaseModel, parse

logger = Logger()


class Order(BaseModel):
    id: int


@logger.inject_lambda_context
def handler(event, context):
    order = parse(event=event, model=Order)
    logger.info("taken", order=order.id)
    return order.id

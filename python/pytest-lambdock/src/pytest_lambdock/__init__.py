from pytest_lambdock.emulator import Invocation, Lambdock, LambdockError

__all__ = ["Invocation", "Lambdock", "LambdockError"]

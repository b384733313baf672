# Read by the bootstrap, which has put interpreter, options and, last, the script into "$@".
# A wrapper gets them as its arguments and may add options before the script.
[ -n "$AWS_LAMBDA_EXEC_WRAPPER" ] || exec "$@"
if [ ! -f "$AWS_LAMBDA_EXEC_WRAPPER" ]; then
  echo "$AWS_LAMBDA_EXEC_WRAPPER: does not exist"
  exit 127
fi
if [ ! -x "$AWS_LAMBDA_EXEC_WRAPPER" ]; then
  echo "$AWS_LAMBDA_EXEC_WRAPPER: is not an executable"
  exit 126
fi
exec "$AWS_LAMBDA_EXEC_WRAPPER" "$@"
